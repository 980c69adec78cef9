"""Two recordings are the same where only the run differs, and a difference is read once."""

from tests.compare_outputs import main
from tests.outputs.recording import Recording, differences, normalised


def record(folder, **texts):
    recording = Recording(folder, "/elsewhere")
    for name, text in texts.items():
        recording.write(f"{name}.txt", text)
    return folder


def test_what_differs_from_run_to_run_is_named():
    assert normalised("Inloggad kl. 07.15, 2025-02-05 07:15:00") == "Inloggad kl. TIME, 2025-02-05 TIME"
    assert normalised("Nyckel: " + " ".join(["AB23"] * 8)) == "Nyckel: KEY"
    assert normalised("4.2.12 Avtal 2025-02-05") == "4.2.12 Avtal 2025-02-05"


def test_the_temporary_folder_has_no_name(tmp_path):
    record(tmp_path, demo="sqlite:////elsewhere/demo.db")

    assert (tmp_path / "demo.txt").read_text() == "sqlite:///WORKPLACE/demo.db\n"


def test_the_same_change_is_written_once_with_every_place(tmp_path):
    before = record(tmp_path / "before", page="a\nb", other="a\nb", still="c")
    after = record(tmp_path / "after", page="a\nB", other="a\nB", still="c")

    assert differences(before, after) == {"@@\n a\n-b\n+B": ["other.txt", "page.txt"]}


def test_an_output_that_is_gone_is_a_difference(tmp_path, capsys):
    before, after = record(tmp_path / "before", page="a", menu="b"), record(tmp_path / "after", page="a")

    assert main(["compare", str(before), str(after)]) == 1
    assert "=== menu.txt\n@@\n-b\n" in capsys.readouterr().out


def test_words_are_compared_without_how_they_are_written(tmp_path, capsys):
    before = record(tmp_path / "before", page='<td class="">Ert &#x27;mål&#x27;</td>')
    after = record(tmp_path / "after", page='<td class="goal">Ert &#39;mål&#39;</td>')

    assert main(["compare", str(before), str(after)]) == 1
    capsys.readouterr()
    assert main(["compare", "--words", str(before), str(after)]) == 0
    assert capsys.readouterr().out == "1 outputs compared, 0 differ\n"


def test_a_changed_word_is_found_among_the_words(tmp_path):
    before, after = record(tmp_path / "before", page="Ert mål"), record(tmp_path / "after", page="Era mål")

    assert main(["compare", "--words", str(before), str(after)]) == 1


def test_nothing_recorded_is_no_agreement(tmp_path):
    assert main(["compare", str(tmp_path / "neither"), str(tmp_path / "nor")]) == 1
