"""What the measuring of screens counts, and which number it marks."""

from tests.measure_screens import DESK, TELEPHONE, line, measures


def reading(*words, height=900, charts=(), tiles=(), marks=()):
    """Return what a browser reads of a page; words are (text, top)."""
    return {"words": words, "height": height, "charts": charts, "tiles": tiles, "marks": marks}


def test_a_word_counts_where_it_begins_and_a_sign_alone_is_none():
    measured = measures("koer", DESK, reading(("Kö", 20), ("✓", 30), ("86,9", 899), ("Mer", 900)))

    assert (measured.first_words, measured.all_words) == (2, 3)


def test_the_first_picture_is_a_chart_a_tile_or_a_mark_in_a_grid():
    assert measures("koer", DESK, reading(charts=[500], tiles=[300.4])).picture_top == 300
    assert measures("koer", DESK, reading(charts=[500], marks=[200])).picture_top == 200
    assert measures("koer", DESK, reading()).picture_top is None


def test_a_page_has_150_words_on_its_first_screen_and_one_of_tiles_250():
    many = reading(*[("ord", 10)] * 151)

    assert measures("koer", DESK, many).faults == {"words first"}
    assert measures("laget", DESK, many).faults == set()
    assert measures("koer", TELEPHONE, many).faults == set()


def test_a_picture_begins_above_420_px_and_a_telephone_needs_six_screens_at_most():
    assert measures("koer", DESK, reading(charts=[421])).faults == {"picture at"}
    assert measures("koer", TELEPHONE, reading(charts=[421], height=7 * 844)).faults == {"screens"}
    assert measures("oversikt", DESK, reading(height=3 * 900)).faults == {"screens"}


def test_a_row_marks_what_is_beyond_its_limit():
    measured = measures("koer", DESK, reading(("Kö", 20), charts=[600], height=1800))

    assert line(measured) == "| koer | 1440 | 1 | 1 | 2.0 | 600 ! | 1 | 0 |"
