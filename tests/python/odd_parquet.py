"""Writes a Parquet file with the types that peyote itself never writes.

usage: odd_parquet.py FILE
"""

import datetime
import decimal
import sys
import uuid

import pyarrow as pa
import pyarrow.parquet as pq

day = datetime.date(2024, 2, 29)
at = datetime.datetime(2024, 2, 29, 12, 30, 0, 5)
columns = {
    "id": pa.array([1, 2, 3], pa.uint64()),
    "small": pa.array([1, None, 255], pa.uint8()),
    "half": pa.array([0.5, None, 2.0], pa.float32()),
    "bytes": pa.array([b"\xff\x00", None, b"text"], pa.binary()),
    "fixed": pa.array([b"abc", None, b"\xff\xfe\xfd"], pa.binary(3)),
    "uuid": pa.array([uuid.uuid5(uuid.NAMESPACE_DNS, "a").bytes, None, uuid.uuid5(uuid.NAMESPACE_DNS, "b").bytes], pa.uuid()),
    "large": pa.array(["a", None, "b"], pa.large_string()),
    "word": pa.array(["a", None, "a"]).dictionary_encode(),
    "wide": pa.array([decimal.Decimal("1.5"), None, decimal.Decimal(10) ** 40], pa.decimal256(50, 2)),
    "nanos": pa.array([at, None, at], pa.timestamp("ns")),
    "millis": pa.array([at.replace(microsecond=0), None, at.replace(microsecond=0)], pa.timestamp("ms", "Europe/Paris")),
    "hour": pa.array([datetime.time(1, 2, 3), None, datetime.time(0)], pa.time32("ms")),
    "span": pa.array([datetime.timedelta(1), None, datetime.timedelta(0)], pa.duration("us")),
    "day": pa.array([day, None, day], pa.date32()),
    "nothing": pa.array([None, None, None], pa.null()),
    "pairs": pa.array([[("a", 1)], None, []], pa.map_(pa.string(), pa.int32())),
    "list": pa.array([[1, None], None, []], pa.large_list(pa.int8())),
    "deep": pa.array([{"a": [{"b": b"\xff"}]}, None, {"a": None}]),
}
pq.write_table(pa.table(columns), sys.argv[1])
