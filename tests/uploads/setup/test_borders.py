"""The municipalities' shapes in a file: taken whole, in one form, or refused with what is wrong."""

import json

import pytest

from portal.charts import county, places
from portal.domain.refused import Refused
from portal.domain.registry.municipalities import Municipality
from portal.domain.registry.region import DALARNA, Region
from portal.uploads.setup import borders
from tests.uploads.setup.books import collection, square


BY, KOPING = Municipality("9901", "Exempelby", 63.1, 17.2), Municipality("9902", "Provköping", 63.4, 17.9)
INVENTED = Region(name="Region Exempel", municipalities=(BY, KOPING))


def read(*features):
    return json.loads(borders.read(collection(*features), INVENTED))["features"]


def test_shapes_are_found_by_their_codes_named_as_the_region_does_and_turned_as_maps_are_drawn():
    by, koping = read(
        square("9902", 17.8, 63.3),
        {**square("", 17.0, 63.0, clockwise=False), "properties": {"KnKod": 9901, "KnNamn": "EXEMPELBY"}},
        square("0180", 18.0, 59.0),  # another region's
    )

    assert by["properties"] == {"kommun_kod": "9901", "kommun": "Exempelby"}
    assert koping["geometry"]["coordinates"][0][0][:2] == [[17.8, 63.3], [17.8, 63.4]]
    assert county._area(by["geometry"]["coordinates"][0][0]) < 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"inget", "ingen GeoJSON"),
        (b'{"type": "FeatureCollection"}', "ingen GeoJSON"),
        (b"[" * 100_000, "ingen GeoJSON"),
        (collection(square("9901", 17.0, 63.0)), "saknar Provköping"),
        (collection(square("9901", 153_000, 6_900_000), square("9902", 17.8, 63.3)), "WGS 84"),
        (collection({**square("9901", 17, 63), "geometry": {"type": "Point"}}), "ingen GeoJSON"),
        (b" " * (borders.MOST_BYTES + 1), "större än 5 MB"),
    ],
    ids=["text", "nothing", "deep", "missing", "meters", "point", "large"],
)
def test_a_file_that_is_no_map_of_the_region_is_refused_in_words(content, words):
    with pytest.raises(Refused, match=words):
        borders.read(content, INVENTED)


def test_too_many_points_are_refused():
    many = square("9901", 17.0, 63.0)
    ring = many["geometry"]["coordinates"][0]
    many["geometry"]["coordinates"] = [[*ring[:-1], *[ring[-1]] * borders.MOST_POINTS]]

    with pytest.raises(Refused, match="Förenkla"):
        read(many, square("9902", 17.8, 63.3))


def test_a_region_without_shapes_has_a_point_for_each_municipality_and_dalarna_its_own_map():
    points = county.features(INVENTED.outline)

    assert [(one["name"], one["longitude"], one["latitude"]) for one in points] == [
        ("Exempelby", 17.2, 63.1),
        ("Provköping", 17.9, 63.4),
    ]
    for row in places.spec({}, INVENTED.outline)["data"]["values"]:
        assert row["latitude"] < row["geometry"]["coordinates"][1]  # its name stands below the point
    assert DALARNA.outline == ""
    assert {one["code"] for one in county.features()} == set(DALARNA.names)
