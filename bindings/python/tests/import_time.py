"""How long `import iameval` takes: the best of several, each in a process of its own."""

import subprocess
import sys

#: In seconds.
MOST = 0.030

PROGRAM = "import time; begun = time.perf_counter(); import iameval; print(time.perf_counter() - begun)"

times = [float(subprocess.check_output([sys.executable, "-c", PROGRAM])) for _ in range(10)]
print(f"import iameval: {min(times) * 1000:.1f} ms")
assert min(times) <= MOST, times
