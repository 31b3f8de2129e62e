"""Numbers and objects as the answers have them."""
import json


class Number(str):
    """A number already written: goes into JSON without quotes."""


def write(value):
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(json.dumps(k) + ":" + write(v) for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(write, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def percent(part, whole):
    """Rounded half up to two decimals."""
    if not whole:
        return None
    hundredths = (part * 10000 * 2 + whole) // (2 * whole)
    return Number("%d.%02d" % divmod(hundredths, 100))


def rank(samples, p):
    """Nearest rank: the ceil(p*n/100)-th smallest; null under 5 samples."""
    if len(samples) < 5:
        return None
    return sorted(samples)[-(-p * len(samples) // 100) - 1]


def spread(name, samples, seconds):
    """The keys with the least, the middle, the 95th and the greatest of some times."""
    return {name + "_min_seconds": seconds(min(samples, default=None)),
            name + "_p50_seconds": seconds(rank(samples, 50)),
            name + "_p95_seconds": seconds(rank(samples, 95)),
            name + "_max_seconds": seconds(max(samples, default=None))}
