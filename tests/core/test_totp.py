"""One-time codes: the values of RFC 6238, and how early or late a clock may be."""

from datetime import UTC, datetime, timedelta

import pytest

from quizapp.core.totp import code_at, current_step, encode_secret, matching_step, setup_address

SECRET = encode_secret(b"12345678901234567890")  # that of RFC 6238, appendix B


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert code_at(SECRET, current_step(at)) == code[-6:]


@pytest.mark.parametrize(("late", "fits"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_half_a_minute_wrong(late: int, fits: bool) -> None:
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    shown = code_at(SECRET, current_step(now + timedelta(seconds=late)))
    assert (matching_step(SECRET, shown, now) is not None) == fits


@pytest.mark.parametrize("typed", ["", "12345", "٣٤٥٦٧٨", "x" * 40])
def test_what_is_no_code_fits_nothing(typed: str) -> None:
    assert matching_step(SECRET, typed, datetime(2026, 3, 2, tzinfo=UTC)) is None


def test_a_name_is_escaped_in_the_address_for_an_app() -> None:
    assert setup_address(SECRET, "Aysel & Ə/ko") == (
        f"otpauth://totp/quizapp:Aysel%20%26%20%C6%8F%2Fko?secret={SECRET}&issuer=quizapp"
    )
