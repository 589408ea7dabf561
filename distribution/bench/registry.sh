#!/usr/bin/env bash
# Registries beside skopeo, whole processes, and writes rows of the benchmark table, WHAT|REACH|MEASURED:
# distribution/bench/registry.sh [--runs N] [--size MIB]
# Debian's docker-registry on loopback; the slow line is the tests' own proxy (20 ms there and back, 200 Mbit/s). Needs the images and
# compiled tests (./test unit), and nothing else that uses the machine.
set -euo pipefail
cd "$(dirname "$0")/../.."

runs=3 size=496
while [ $# -gt 0 ]; do
  case $1 in
    --runs) runs=$2; shift 2 ;;
    --size) size=$2; shift 2 ;;
    *) sed -n 2,5p "$0" >&2; exit 2 ;;
  esac
done
for tool in docker-registry hyperfine skopeo jq /usr/bin/time; do
  command -v "$tool" >/dev/null || { echo "bench: $tool is missing; apt-get install docker-registry hyperfine skopeo jq time" >&2; exit 8; }
done
images=$PWD/distribution/target/images mosb=$PWD/distribution/target/images/admin/bin/mosb mosctl=$PWD/distribution/target/images/admin/bin/mosctl
jdk=$(dirname "$(dirname "$(readlink -f "$(ls -d /usr/lib/jvm/*25*/bin/javac | head -n 1)")")")
work=$(mktemp -d /var/tmp/mos-registry.XXXXXX)
port=$((20000 + RANDOM % 20000))
started=()
trap 'kill "${started[@]}" 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
export MOS_KEYS=$work/keys
ca=$MOS_KEYS/bench/manifest-ca/cert.pem

# serve NAME PORT: a registry with a directory of its own
serve() {
  mkdir -p "$work/$1"
  printf 'version: 0.1\nstorage: {filesystem: {rootdirectory: %s}, delete: {enabled: true}}\nhttp: {addr: "127.0.0.1:%s"}\nlog: {level: error, accesslog: {disabled: true}}\n' "$work/$1" "$2" > "$work/$1.yml"
  docker-registry serve "$work/$1.yml" > "$work/$1.log" 2>&1 &
  started+=($!)
  until (exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null; do sleep 0.1; done
}
median() {
  hyperfine -N --style none --warmup 1 --runs "$2" --prepare "$3" --export-json "$work/$1.json" "$4" >/dev/null 2>"$work/$1.err" || { cat "$work/$1.err" >&2; exit 1; }
  jq -r '.results[0].median * 1000 | round' "$work/$1.json"
}
peak() { /usr/bin/time -f %M -o "$work/peak" "$@" >/dev/null 2>&1; awk '{printf "%.1f", $1 / 1024}' "$work/peak"; }
times() { awk "BEGIN{printf \"%s ms / %s ms = %.2fx\", $1, $2, $1 / $2}"; }

serve full $port
host=localhost:$port
"$mosb" keyset add bench --org Bench >/dev/null 2>&1
layers=()
for i in 1 2 3 4; do
  mkdir -p "$work/layer$i"; head -c $((size / 4 << 20)) /dev/urandom > "$work/layer$i/data$i"
  layers+=("$work/layer$i")
done
"$mosb" image build --output "oci:$work/image:1" "${layers[@]}" >/dev/null 2>&1
rm -rf "${layers[@]}"
cat > "$work/m.yaml" <<YAML
version: 1
product: default
update_type: complete
targets:
  - service_name: hostfs
    service_type: hostfs
    version: "1.0"
    source: oci:$work/image:1
YAML
publish="$mosb manifest publish --progress none --project bench:default --repo $host --name machine/os:1 $work/m.yaml"
$publish >/dev/null
tag=$(basename "$(ls -d "$work"/full/docker/registry/v2/repositories/mos/_manifests/tags/*)")
fresh="sh -c 'rm -rf $work/root $work/copy; mkdir $work/root; sync'"

ours=$(median install "$runs" "$fresh" "$mosctl install --progress none --root $work/root --ca $ca docker://$host/machine/os:1")
theirs=$(median copy "$runs" "$fresh" "skopeo copy -q --src-tls-verify=false docker://$host/mos:$tag oci:$work/copy:1")
echo "install of $size MiB in 4 layers from a registry, beside skopeo copy|0.7x|$(times "$ours" "$theirs")"

"$jdk/bin/java" -cp mos.testkit/target/classes mos.testkit.registry.ShapedLine $port 25000000 10 > "$work/line" 2>&1 &
started+=($!)
until [ -s "$work/line" ]; do sleep 0.1; done
slow=localhost:$(grep -oE '[0-9]+' "$work/line" | tail -n 1)
ours=$(median slow "1" "$fresh" "$mosctl install --progress none --root $work/root --ca $ca docker://$slow/machine/os:1")
theirs=$(median slowcopy "1" "$fresh" "skopeo copy -q --src-tls-verify=false docker://$slow/mos:$tag oci:$work/copy:1")
echo "the same through 20 ms and 200 Mbit/s|0.9x|$(times "$ours" "$theirs")"

serve other $((port + 1))
empty="sh -c 'rm -rf $work/other/docker; sync'"
ours=$(median publish "$runs" "$empty" "$mosb manifest publish --progress none --project bench:default --repo localhost:$((port + 1)) --name machine/os:1 $work/m.yaml")
theirs=$(median push "$runs" "$empty" "skopeo copy -q --dest-tls-verify=false oci:$work/image:1 docker://localhost:$((port + 1))/mos:1")
echo "publish of the same into an empty registry, beside skopeo copy|1x|$(times "$ours" "$theirs")"

rm -rf "$work/root"; mkdir "$work/root"
echo "peak memory of install from a registry|128 MiB|$(peak "$mosctl" install --progress none --root "$work/root" --ca "$ca" "docker://$host/machine/os:1") MiB"
rm -rf "$work/other/docker"
echo "peak memory of publish to a registry|128 MiB|$(peak "$mosb" manifest publish --progress none --project bench:default --repo "localhost:$((port + 1))" --name machine/os:1 "$work/m.yaml") MiB"
echo "publish to a registry with nothing new|250 ms|$(median again 10 true "$publish") ms"
echo "update from a registry with nothing new|250 ms|$(median update 10 true "$mosctl update --progress none --root $work/root --ca $ca docker://$host/machine/os:1") ms"
