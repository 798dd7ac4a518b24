"""Columns of decimal(38,18) as whole numbers, and back, without going through text.

Two forms of the same numbers. Wide: Python integers, whole numbers of 10^-18, as long
as they need to be. Compact: 64-bit integers, whole numbers of 10^-12, for what has no
more than twelve decimals and is small enough; several times as fast.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

UNITS = pa.decimal128(38, 18)
LARGEST = 2**62  # of a compact number, and of a sum of such
_STEP = np.uint64(10**6)  # from 10^-18 to 10^-12
_HALF = np.uint64(32)
_LOW_HALF = np.uint64(2**32 - 1)
Integers = npt.NDArray[np.int64]
AnyIntegers = npt.NDArray[Any]


def is_compact(column: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    """Which of the numbers, none of them negative, have a compact form."""
    return _divided(_limbs(column))[1]


def compact_units(column: pa.ChunkedArray) -> Integers:
    """Whole numbers of 10^-12; only those for which is_compact holds mean anything."""
    return _divided(_limbs(column))[0]


def wide_units(column: pa.ChunkedArray) -> AnyIntegers:
    """Whole numbers of 10^-18 as Python integers."""
    limbs = _limbs(column)
    units: AnyIntegers = limbs[:, 1].astype(np.int64).astype(object) * 2**64
    units += limbs[:, 0].astype(object)
    return units


def decimals(units: AnyIntegers) -> pa.Array:
    """Wide numbers, or compact ones that are not negative, as decimal(38,18)."""
    limbs = np.empty((len(units), 2), np.uint64)
    if units.dtype == object:
        limbs[:, 0], limbs[:, 1] = units % 2**64, units // 2**64 % 2**64
    else:
        whole = units.astype(np.uint64)
        upper, lower = (whole >> _HALF) * _STEP, (whole & _LOW_HALF) * _STEP
        limbs[:, 0] = (upper << _HALF) + lower
        limbs[:, 1] = (upper >> _HALF) + (limbs[:, 0] < lower)
    return pa.Array.from_buffers(UNITS, len(units), [None, pa.py_buffer(limbs)])


def _limbs(column: pa.ChunkedArray) -> npt.NDArray[np.uint64]:
    """The low and the high 64 bits of each number."""
    chunks = column.cast(UNITS).chunks
    parts = [
        np.frombuffer(chunk.buffers()[1], np.uint64).reshape(-1, 2)[
            chunk.offset : chunk.offset + len(chunk)
        ]
        for chunk in chunks if len(chunk)
    ]  # fmt: skip
    return np.concatenate([np.empty((0, 2), np.uint64), *parts])


def _divided(
    limbs: npt.NDArray[np.uint64],
) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Long division by 10^6 in digits of 32 bits: the quotient, and where it is it."""
    low, high = limbs[:, 0], limbs[:, 1]
    fits = high < _STEP >> np.uint64(2)
    upper = (np.where(fits, high, np.uint64(0)) << _HALF) | (low >> _HALF)
    lower = (upper % _STEP << _HALF) | (low & _LOW_HALF)
    quotient = (upper // _STEP << _HALF) + lower // _STEP
    return quotient.astype(np.int64), fits & (lower % _STEP == 0)
