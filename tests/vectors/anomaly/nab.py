"""Writes nab.json: excerpts of the Numenta Anomaly Benchmark, one mean an hour, with the windows of its labels.

    git clone <the repository numenta/NAB> nab
    python tests/vectors/anomaly/nab.py nab

Data and labels are under the MIT licence beside this file (NAB-LICENSE.txt). The series were chosen by their kind before any
detector saw them: real traffic, servers, a machine, taxis and adverts, and three made ones, of which one has no anomaly.
"""

import datetime
import json
import pathlib
import sys

SERIES = [
    ("realKnownCause/nyc_taxi", "2014-09-01", None),
    ("realKnownCause/machine_temperature_system_failure", None, None),
    ("realKnownCause/ec2_request_latency_system_failure", None, None),
    ("realTraffic/speed_t4013", None, None),
    ("realTraffic/speed_7578", None, None),
    ("realTraffic/occupancy_t4013", None, None),
    ("realAWSCloudwatch/ec2_cpu_utilization_825cc2", None, None),
    ("realAWSCloudwatch/ec2_cpu_utilization_5f5533", None, None),
    ("realAWSCloudwatch/elb_request_count_8c0756", None, None),
    ("realAWSCloudwatch/rds_cpu_utilization_cc0c53", None, None),
    ("realAdExchange/exchange-2_cpc_results", None, "2011-08-10"),
    ("realAdExchange/exchange-4_cpm_results", None, "2011-08-31"),
    ("artificialWithAnomaly/art_daily_jumpsup", None, None),
    ("artificialWithAnomaly/art_daily_nojump", None, None),
    ("artificialNoAnomaly/art_daily_small_noise", None, None),
]
HOUR = 3600


def seconds(text):
    moment = datetime.datetime.fromisoformat(text.split(".")[0])
    return moment.replace(tzinfo=datetime.timezone.utc).timestamp()


def read(path, since, until):
    hours = {}
    for line in path.read_text().splitlines()[1:]:
        time, value = line.split(",")
        if (since and time < since) or (until and time >= until):
            continue
        hours.setdefault(int(seconds(time) // HOUR), []).append(float(value))
    first, last = min(hours), max(hours)
    means = {hour: sum(values) / len(values) for hour, values in hours.items()}
    # Four digits of the largest are kept; -1 stands for an hour without a value.
    unit = 10.0 ** (len(str(int(max(means.values())))) - 4) if max(means.values()) >= 1 else 1e-4
    values = [round(means[hour] / unit) if hour in means else -1 for hour in range(first, last + 1)]
    return first, last, unit, values


root = pathlib.Path(sys.argv[1])
labels = json.loads((root / "labels/combined_windows.json").read_text())
series = []
for name, since, until in SERIES:
    first, last, unit, values = read(root / "data" / f"{name}.csv", since, until)
    windows = [[int(seconds(at) // HOUR) - first for at in window] for window in labels[f"{name}.csv"]]
    series.append(
        {
            "name": name,
            "startsAt": datetime.datetime.fromtimestamp(first * HOUR, datetime.timezone.utc).isoformat(),
            "unit": unit,
            "windows": [[max(0, a), b] for a, b in windows if b >= 0 and a <= last - first],
            "values": values,
        }
    )
about = (
    "Numenta Anomaly Benchmark (MIT, see NAB-LICENSE.txt), made by nab.py: means of an hour in units of `unit`, -1 where an hour "
    "has none; windows are the first and the last hour, by index, of labels/combined_windows.json."
)
pathlib.Path(__file__).with_name("nab.json").write_text(json.dumps({"about": about, "series": series}) + "\n")
