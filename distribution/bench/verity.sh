#!/usr/bin/env bash
# Formats and verifies a hash tree with our code and with veritysetup, whole processes in turns, and writes rows of the benchmark
# table, WHAT|REACH|MEASURED: distribution/bench/verity.sh [--runs N] [--size MIB]
# The file is on tmpfs when there is room, so that processors are compared and not disks. Needs compiled classes (./test unit).
# The best of the runs counts on both sides: two threads suffer more from what else the machine does than one.
set -euo pipefail
cd "$(dirname "$0")/../.."

runs=7 size=1024
while [ $# -gt 0 ]; do
  case $1 in
    --runs) runs=$2; shift 2 ;;
    --size) size=$2; shift 2 ;;
    *) sed -n 2,5p "$0" >&2; exit 2 ;;
  esac
done
for tool in veritysetup /usr/bin/time; do
  command -v "$tool" >/dev/null || { echo "bench: $tool is missing; apt-get install cryptsetup-bin time" >&2; exit 8; }
done
classes=plugins/atomfs/target/classes:plugins/atomfs/target/test-classes:mos.spi/target/classes:mos.linux/target/classes
[ -d plugins/atomfs/target/test-classes ] || { echo "bench: nothing is compiled; run ./test unit first" >&2; exit 5; }
jdk=$(dirname "$(dirname "$(readlink -f "$(ls -d /usr/lib/jvm/*25*/bin/javac | head -n 1)")")")

place=/dev/shm
[ "$(df --output=avail -m $place | tail -n 1)" -gt $((size + size / 64 + 64)) ] || place=/var/tmp
work=$(mktemp -d $place/mos-verity.XXXXXX)
trap 'rm -rf "$work"' EXIT
file=$work/file blocks=$((size * 256)) bytes=$((size * 1048576))
head -c $bytes /dev/urandom > "$file"

java=("$jdk/bin/java" -XX:+UseSerialGC -XX:-UsePerfData -Xmx96m -cp "$classes" mos.plugin.atomfs.VerityBenchmark)
theirs=(veritysetup --salt=- --uuid=00000000-0000-0000-0000-000000000000 "--data-blocks=$blocks" "--hash-offset=$bytes")
root=$("${theirs[@]}" format "$file" "$file" | awk '/^Root hash/ {print $3}')
before=$(tail -c +$((bytes + 4097)) "$file" | sha256sum)
[ "$("${java[@]}" format "$file" $blocks)" = "$root" ] || { echo "bench: the root hashes differ" >&2; exit 1; }
[ "$(tail -c +$((bytes + 4097)) "$file" | sha256sum)" = "$before" ] || { echo "bench: the trees differ" >&2; exit 1; }

# timed NAME COMMAND…: appends milliseconds to a file
timed() {
  local start end
  start=$(date +%s%N)
  "${@:2}" > /dev/null
  end=$(date +%s%N)
  echo $(((end - start) / 1000000)) >> "$work/$1"
}
best() { sort -n "$work/$1" | head -n 1; }

for _ in $(seq "$runs"); do
  timed format.theirs "${theirs[@]}" format "$file" "$file"
  timed format.ours "${java[@]}" format "$file" $blocks
  timed verify.theirs veritysetup verify "--hash-offset=$bytes" "$file" "$file" "$root"
  timed verify.ours "${java[@]}" verify "$file" $blocks "$root"
done
for what in format verify; do
  ours=$(best $what.ours) theirs_ms=$(best $what.theirs)
  echo "verity $what of $size MiB, beside veritysetup, best of $runs|1.5x its speed|$ours ms / $theirs_ms ms: $(awk "BEGIN{printf \"%.2f\", $theirs_ms / $ours}")x"
done
/usr/bin/time -f %M -o "$work/peak" "${java[@]}" verify "$file" $blocks "$root"
echo "verity verify of $size MiB, peak memory|128 MiB|$(awk '{printf "%.1f", $1 / 1024}' "$work/peak") MiB"
