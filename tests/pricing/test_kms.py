"""KMS: rotated keys, and which requests are free."""

from decimal import Decimal

import pytest

from tests.pricing.metering import metered


@pytest.mark.parametrize(("rotations", "versions"), [(0, 1), (1, 2), (2, 3), (9, 3)])
def test_only_the_first_two_rotations_add_a_version(rotations: int, versions: int) -> None:
    assert metered("kms", keys=4, rotations=rotations) == {"kms.key": Decimal(4 * versions)}


def test_each_kind_of_request_has_its_own_price() -> None:
    units = metered("kms", symmetric_requests=1, rsa_2048_requests=2, asymmetric_requests=3)
    assert units == {
        "kms.requests.symmetric": 1,
        "kms.requests.rsa2048": 2,
        "kms.requests.asymmetric_other": 3,
    }
