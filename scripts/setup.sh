# Read by ./test and other scripts at the top of the repository: what the build needs from the machine.

# Program and the Debian package that brings it.
needed_programs='cpio cpio
cryptsetup cryptsetup-bin
docker-registry docker-registry
fsck.vfat dosfstools
git git
losetup mount
mcopy mtools
mke2fs e2fsprogs
mkfs.erofs erofs-utils
mkfs.ext4 e2fsprogs
mkfs.vfat dosfstools
mksquashfs squashfs-tools
mvn maven
openssl openssl
perl perl-base
sbverify sbsigntool
sgdisk gdisk
skopeo skopeo
strace strace
strip binutils
swtpm swtpm
swtpm_setup swtpm-tools
veritysetup cryptsetup-bin
wipefs util-linux
xorriso xorriso
xz xz-utils'

# The same for machines under test (distribution/vm), on top: a program, or a file where a package brings none.
needed_for_vm='mcopy mtools
mkfs.vfat dosfstools
mmdebstrap mmdebstrap
qemu-img qemu-utils
qemu-system-x86_64 qemu-system-x86
sbsign sbsigntool
sgdisk gdisk
/usr/share/OVMF/OVMF_CODE_4M.secboot.fd ovmf'

# is_jdk25 DIRECTORY: whether it is a JDK of version 25 or later, compiler and linker included.
is_jdk25() {
  [ -x "$1/bin/javac" ] && [ -x "$1/bin/jlink" ] && [ -r "$1/release" ] &&
    [ "$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")" -ge 25 ]
}

# jdk25: prints where a JDK 25 lies; fails when there is none.
jdk25() {
  local candidate
  for candidate in "${JAVA_HOME:-}" "${JAVA25_HOME:-}" "$(dirname "$(dirname "$(readlink -f "$(command -v javac || true)")")")" \
    /usr/lib/jvm/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*; do
    if [ -n "$candidate" ] && is_jdk25 "$candidate"; then
      echo "$candidate"
      return 0
    fi
  done
  return 1
}

# install_packages [vm]: installs what is missing, in one go; prints the command instead when that is not ours to do.
install_packages() {
  local PATH=$PATH:/usr/sbin:/sbin program package missing=''
  while read -r program package; do
    command -v "$program" >/dev/null || [ -e "$program" ] || missing="$missing $package"
  done <<<"$needed_programs${1:+
$needed_for_vm}"
  if ! jdk25 >/dev/null; then
    missing="$missing openjdk-25-jdk-headless"
  fi
  [ -z "$missing" ] && return 0

  if [ "$(id -u)" != 0 ] || ! [ -e /etc/debian_version ]; then
    echo "Missing on this machine. On Debian, as root:" >&2
    echo "  apt-get update && apt-get install --no-install-recommends -y$missing" >&2
    [[ $missing == *openjdk-25* ]] && jdk_hint
    exit 8
  fi
  echo "Installing:$missing"
  apt-get update -q
  if [[ $missing == *openjdk-25* ]] && [ -z "$(apt-cache search --names-only '^openjdk-25-jdk-headless$')" ]; then
    echo "There is no JDK 25 on this machine, and this Debian has none." >&2
    jdk_hint
    exit 8
  fi
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install --no-install-recommends -y -q $missing
}

jdk_hint() {
  echo "A JDK 25 is openjdk-25-jdk-headless (Debian 13) or Temurin 25 (https://adoptium.net/installation/linux)," >&2
  echo "found in /usr/lib/jvm, JAVA_HOME or JAVA25_HOME." >&2
}

# find_jdk: has Maven run under a JDK 25, which is faster than a compiler beside it.
find_jdk() {
  JAVA_HOME=$(jdk25)
  export JAVA_HOME
}

# maven ARGUMENT...: Maven as the scripts call it.
maven() {
  mvn --batch-mode --no-transfer-progress "$@"
}
