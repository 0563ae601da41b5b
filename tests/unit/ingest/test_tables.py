from __future__ import annotations

from ingest.tables import carry_down


def test_an_empty_cell_beside_a_label_of_its_own_is_empty() -> None:
    # Filling it would give the second grant the first one's condition.
    assert carry_down([("LED", "要相談", "環境課"), ("空調", "", "環境課")])[1] == ("空調", "", "環境課")


def test_labels_of_groups_run_down() -> None:
    rows = [("太陽光", "店", "屋根", "1"), ("", "", "壁", "2"), ("", "住民", "屋根", "3")]
    assert carry_down(rows)[1:] == [("太陽光", "店", "壁", "2"), ("太陽光", "住民", "屋根", "3")]
