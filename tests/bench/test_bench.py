"""The bench: its arithmetic, and one real measurement, small. Never how long something took."""

import json
from dataclasses import replace

import pytest

from portal.bench import documents, floors, logins, reading, run, storing
from portal.bench.crowds.crowd import Load
from portal.bench.crowds.tabs import CrowdTab, OpenPage
from portal.bench.floors import PROCESSOR, Yardstick
from portal.bench.invented import clinics, clinics_for, long_file
from portal.bench.measuring import WARM_UP, BenchFault, Effort, Measurement, Unmeasured, medians
from portal.domain.accounts.access import OPERATOR
from portal.domain.registry.measures import MEASURES
from portal.reports.cover import Format
from portal.services.annual_report.live import live


CONTRACT = {"name", "ratio", "target", "size", "database", "numerator_s", "floor_s"}


def entry(numerator=1.0, floor=2.0, target=0.5, **changes):
    return Measurement(name="rerun.laget", numerator=numerator, floor=floor, target=target, **changes)


def test_the_ratio_is_numerator_over_floor():
    assert entry(3.0, 4.0).ratio == 0.75


@pytest.mark.parametrize(
    ("numerator", "target", "is_missed"),
    [(0.9, 0.5, False), (1.0, 0.5, False), (1.1, 0.5, True), (99.0, None, False)],
)
def test_a_target_is_missed_above_it_only(numerator, target, is_missed):
    assert entry(numerator, target=target).is_missed is is_missed


@pytest.mark.parametrize(
    ("shown", "verdict"),
    [(entry(1.0), "ok"), (entry(1.2), "MISSED"), (entry(target=None), "–")],
)
def test_a_line_names_ratio_target_and_verdict(shown, verdict):
    name, ratio, word, target, said, *_ = shown.as_line().split()

    assert (name, word, said) == ("rerun.laget", "target", verdict)
    assert float(ratio) == shown.ratio
    assert target == ("0.5" if shown.target else "–")


def test_json_holds_the_contracts_keys_and_what_is_extra():
    found = entry(extra={"floor": "stock"}).as_json()

    assert set(found) == {*CONTRACT, "floor"}
    assert (found["ratio"], found["size"], found["database"]) == (0.5, "dalarna", "sqlite")


def test_counts_have_no_seconds():
    found = entry(11, 11, 1.0, is_time=False).as_json()

    assert (found["ratio"], found["numerator_s"], found["floor_s"]) == (1.0, None, None)


def test_what_a_machine_lacks_is_said_and_misses_no_target():
    lacking = Unmeasured(name="processes.two", target=1.18, why="no initdb")

    assert "not measured: no initdb" in lacking.as_line()
    assert (lacking.as_json()["ratio"], lacking.is_missed) == (None, False)


def test_a_floor_that_has_changed_shows_beside_what_it_weighed(monkeypatch):
    monkeypatch.setattr(floors, "WEIGHED", {"stock": 4.0, "python -c pass": 2.0, "never measured": 1.0})
    yardstick = Yardstick(times=[{"wall": 0.020, PROCESSOR: 0.010}])
    standing = [
        entry(floor=0.160, extra={"floor": "stock"}),
        entry(floor=0.020, extra={"floor": "python -c pass", "clock": PROCESSOR}),
        entry(floor=10.0, extra={"floor": "10 s"}),
        Unmeasured(name="processes.two", target=1.0, why="no initdb"),
    ]

    stock, bare = floors.entries(standing, yardstick)

    assert (stock.ratio, bare.ratio) == (pytest.approx(2), pytest.approx(1))
    assert (stock.target, bare.extra["weighed"]) == (None, "python -c pass")
    assert stock.extra["versions"].keys() >= {"python", "streamlit"}


def test_the_yardstick_is_timed_by_the_wall_and_by_the_processor():
    yardstick = Yardstick()

    yardstick.take()

    assert 0 < yardstick.seconds(PROCESSOR) <= 2 * yardstick.seconds("wall")


def test_a_rerun_after_a_login_is_held_against_one_before_it():
    class OneServer:
        processor_s = 0.0
        logins = 0

        def rerun(self):
            self.processor_s += 0.030 if self.logins % 2 else 0.010
            self.logins += self.logins % 2

        def log_in(self):
            self.logins += 1

    server = OneServer()

    found = logins.measure(server, [server.rerun, server.rerun], server.log_in, Effort(logins=3))

    assert (found.ratio, found.is_missed, server.logins) == (pytest.approx(3), True, 12)


def test_a_crowds_load_is_its_cost_and_its_speed():
    load = Load(reruns=100, processor_s=1.5, seconds=1.4).and_then(
        Load(reruns=20, processor_s=0.3, seconds=1.0)
    )

    assert (load.cost_s, load.per_second) == (pytest.approx(0.015), pytest.approx(50))


def test_frames_of_a_crowds_websocket_are_cut_where_they_end():
    tab = CrowdTab(OpenPage("http://127.0.0.1:1", "oversikt"))
    tab.socket.close()
    long_one = b"\x82\x7e\x01\x00" + b"x" * 256
    tab.received(b"\x82\x02ab" + long_one + b"\x89\x01")

    assert list(tab.frames()) == [(2, b"ab"), (2, b"x" * 256)]
    tab.received(b"p")
    assert list(tab.frames()) == [(9, b"p")]


def test_medians_take_turns_after_the_warm_up(monkeypatch):
    ticks = iter([0, 1, 0, 10, 0, 3, 0, 30, 0, 2, 0, 99])
    ran = []
    monkeypatch.setattr("portal.bench.measuring.time.perf_counter", lambda: next(ticks))

    found = medians({"a": lambda: ran.append("a"), "b": lambda: ran.append("b")}, repetitions=3)

    assert found == {"a": 2, "b": 30}
    assert ran == ["a", "b"] * (WARM_UP + 3)


@pytest.mark.parametrize(("missed", "code"), [(False, None), (True, 1)])
def test_a_missed_target_ends_with_exit_code_1(monkeypatch, capsys, missed, code):
    monkeypatch.setattr(run, "measure", lambda _effort: [entry(2.0 if missed else 0.1)])

    if code:
        with pytest.raises(SystemExit) as stopped:
            run.main(as_json=True, quick=True)
        assert stopped.value.code == code
    else:
        run.main(as_json=True, quick=True)
    assert json.loads(capsys.readouterr().out)[0]["name"] == "rerun.laget"


def test_what_does_not_work_is_said_and_not_measured(monkeypatch):
    def broken(_effort):
        raise BenchFault("/laget does not show its page")

    monkeypatch.setattr(run, "measure", broken)

    with pytest.raises(SystemExit, match="/laget does not show its page"):
        run.main(as_json=False, quick=True)


@pytest.mark.parametrize("values", [1, 2_000, 5_041])
def test_the_long_file_has_whole_months_and_enough_values(values):
    rows = long_file(values).decode("utf-8-sig").splitlines()[1:]

    assert values <= len(rows) < values + len(MEASURES)
    assert len({row.split(";")[0] for row in rows}) <= clinics_for(values)
    assert len(set(rows)) == len(rows)


def test_commit_is_measured_on_values_really_stored(tmp_path):
    commit, total = [one.as_json() for one in storing.measure(tmp_path, Effort(imports=1), values=2_000)]

    assert (commit["name"], commit["target"]) == ("commit", 4.0)
    assert (total["name"], total["target"]) == ("import.total", 5.0)
    for found in (commit, total):
        assert CONTRACT <= set(found)
        assert found["numerator_s"] > 0
        assert found["values"] == 2_000
    assert commit["numerator_s"] < total["numerator_s"]


def test_reading_is_measured_on_files_really_read():
    blankett, long, memory = reading.measure(Effort(imports=1), values=2_000)

    assert [one.name for one in (blankett, long, memory)] == [
        "read.blankett",
        "read.long_file",
        "read.memory",
    ]
    assert [one.target for one in (blankett, long, memory)] == [2.0, 6.0, 1.0]
    for found in (blankett, long, memory):
        assert CONTRACT <= set(found.as_json())
    assert min(blankett.numerator, blankett.floor, long.numerator, long.floor) > 0
    assert 0 < memory.numerator < memory.floor


def test_documents_are_measured_against_their_own_charts_alone(demo):
    report = live(demo, OPERATOR, 2024)
    small = replace(report, sections=(report.section("3.1"), report.section("3.3")))

    measurements = documents.measure_report(small, Effort(imports=1))

    assert [measurement.name for measurement in measurements] == [
        f"document.{name}" for name in (*Format, "all")
    ]
    assert {measurement.target for measurement in measurements} == {2.5}
    for measurement in measurements:
        assert CONTRACT <= set(measurement.as_json())
        assert min(measurement.numerator, measurement.floor) > 0


def test_a_nations_report_is_measured_on_a_report_really_made(tmp_path):
    (measurement,) = documents.measure_nation(tmp_path, clinics=3)

    assert (measurement.name, measurement.size, measurement.target) == ("report.nation", "nation", 1.0)
    assert CONTRACT <= set(measurement.as_json())
    assert 0 < measurement.numerator < documents.NATION_S


def test_a_history_file_with_a_fault_is_not_measured():
    content = invented_with("x")

    with pytest.raises(BenchFault, match="inget antal"):
        reading.read_and_check(content, clinics(clinics_for(100)))


def invented_with(value):
    text = long_file(100).decode("utf-8-sig").rstrip()
    return (text.rpartition(";")[0] + f";{value}").encode()
