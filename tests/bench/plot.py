"""The plot of a run: rates against their floor, and where the CPU goes; drawn by gnuplot."""
import subprocess

import budgets

SCRIPT = """
set terminal svg size 1000,420 font 'sans,11' background '#ffffff'
set output '%(path)s'
set multiplot layout 1,2
set style fill solid 0.85 border -1
set grid ytics lc rgb '#dddddd'
set title '9 KB deliveries a second, nginx and TLS, durable'
set style data histogram
set style histogram cluster gap 1
set yrange [0:*]
set key top left
$rates << EOD
connections floor jirasync
20 %(floor20).0f %(jirasync20).0f
64 %(floor64).0f %(jirasync64).0f
EOD
plot $rates using 2:xtic(1) title 'floor: the store statement, one a transaction' lc rgb '#9aa7b4', \\
     '' using 3 title 'jirasync' lc rgb '#2f6fb0'
set title 'CPU microseconds a delivery'
set style histogram rowstacked
set boxwidth 0.6
set key top right outside
$cpu << EOD
%(cpu)s
EOD
plot for [i=2:%(columns)d] $cpu using i:xtic(1) title columnheader(i)
unset multiplot
"""

PARTS = ("nginx", "receiver", "store backend", "worker", "correlation backend", "PostgreSQL else")


def write(result, path):
    if "rates" not in result:
        return
    rows = ["x " + " ".join('"%s"' % part for part in PARTS)]
    for connections in (1, 20, 64):
        rows.append('"%d" %s' % (connections, " ".join(
            "%.1f" % budgets.median_of(result, "jirasync %d" % connections, "cpu", part) for part in PARTS)))
    script = SCRIPT % {
        "path": path, "cpu": "\n".join(rows), "columns": len(PARTS) + 1,
        "floor20": budgets.median_of(result, "floor 20"), "floor64": budgets.median_of(result, "floor 64"),
        "jirasync20": budgets.median_of(result, "jirasync 20", "rate"),
        "jirasync64": budgets.median_of(result, "jirasync 64", "rate")}
    subprocess.run(["gnuplot"], input=script, text=True, check=True)
