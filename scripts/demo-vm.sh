# Read by ./demo for --vm: the walk of docs/boot.md, and then a machine that a person can log in to.

publisher_url=oci:zot:machine/acme
machine_uuid=11111111-2222-3333-4444-555555555555
password=mos

# fresh NAME INPUTS: whether what NAME says was made of these inputs is still there.
fresh() { [ "$(cat "cache/$1" 2>/dev/null)" = "$2" ]; }

# kept NAME INPUTS COMMAND: runs the command unless its result is there from an earlier run.
kept() {
  local inputs
  inputs=$(sha256sum <<<"$2")
  if fresh "$1" "$inputs"; then
    printf '   $ %s   # from an earlier run\n' "$3"
    return 0
  fi
  rm -f "cache/$1"
  does "$3"
  echo "$inputs" >"cache/$1"
}

# watch_machine WORDS END DISK...: starts a machine, shows its console, and wants to see WORDS on it before it is off. It is switched off
# when the console says END.
watch_machine() {
  local words=$1 end=$2 begin=$SECONDS
  shift 2
  printf '   $ distribution/vm/start %s\n' "$*"
  : >console
  "$repository/distribution/vm/start" "$@" </dev/null >console 2>&1 &
  machine=$!
  tail -n +1 -f --pid=$machine console | sed -u 's/\x1b[^A-Za-z]*[A-Za-z]//g; s/\r//g; s/^/     /' &
  while kill -0 $machine 2>/dev/null; do
    if grep -q "$end" console || [ $((SECONDS - begin)) -gt "$limit" ]; then
      kill $machine
      break
    fi
    sleep 1
  done
  wait || true
  machine=''
  if ! grep -q "$words" console; then
    echo "./demo: this failed, or took more than $limit s; see $scratch/console" >&2
    exit 1
  fi
  spent=$(((SECONDS - begin) * 1000))
}

end_machine() {
  if [ -n "${machine-}" ]; then
    kill "$machine" 2>/dev/null || true
    machine=''
  fi
}

# hostfs_layer: what the demo adds to Debian; docs/boot.md says what of it every machine needs.
hostfs_layer() {
  local unit
  rm -rf own
  mkdir -p own/{config,atomfs-cache,scratch-writes,mnt/atom,storage,factory/secure,opt,root,usr/lib,etc/profile.d,etc/systemd/system/multi-user.target.wants}
  cp -a "$images/admin" own/opt/mos
  cp -a "$kit/usr/lib/modules" own/usr/lib/
  cp "$repository/distribution/systemd/mos-boot.service" own/etc/systemd/system/
  ln -s ../mos-boot.service own/etc/systemd/system/multi-user.target.wants/
  echo machine >own/etc/hostname
  : >own/etc/machine-id
  # Of the demo alone: fewer units, since each costs emulated time; who logs out switches the machine off.
  { grep -vE '^#|getty|user-sessions' "$repository/distribution/vm/hostfs/masked"; echo getty-static.service; } | while read -r unit; do
    ln -s /dev/null "own/etc/systemd/system/$unit"
  done
  printf '[Manager]\nDefaultTimeoutStopSec=10s\n' >own/etc/systemd/system.conf
  echo 'export PATH=$PATH:/opt/mos/bin' >own/etc/profile.d/mos.sh
  echo 'systemctl poweroff' >own/root/.bash_logout
  cat >own/etc/motd <<'MOTD'

  mosctl status                                       what is installed, what runs
  cat /mnt/atom/site/www/index.html                   the service
  findmnt -l                                          sealed volumes, layers under dm-verity
  mount -o ro /dev/vdb /media
  mosctl update oci:/media:machine/acme:1.1           a new version of the service, from the second disk
  mosctl activate -t site
  exit                                                switches the machine off

MOTD
}

demo_vm() {
  local minutes=60 mirror='' line
  limit=${DEMO_SECONDS:-900}
  kit=$scratch/kit
  [ -z "${MOS_VM_DIR-}" ] || kit=$MOS_VM_DIR/kit
  trap end_machine EXIT
  mkdir -p "$scratch"
  if ! [ -e "$scratch/env" ] && [ -n "$(ls -A "$scratch")" ]; then
    echo "./demo: $scratch is not empty and not of an earlier run; name another directory" >&2
    exit 2
  fi
  cd "$scratch"
  mkdir -p cache
  cat >env <<ENV
# For a shell that is to use what ./demo --vm made: . $scratch/env
export PATH=$images/admin/bin:\$PATH:/usr/sbin:/sbin
export MOS_KEYS=$scratch/keys
cd $scratch
ENV
  . ./env
  echo "Everything below happens in $scratch. What takes long is kept there for the next run."

  chapter 'A publisher, and the identity of a machine' keys/acme
  kept keys keys "rm -rf keys && mosb keyset add acme --org 'Acme Ltd' && mosb sudi add acme default $machine_uuid"

  chapter 'Debian: a kernel, its tools, a root file system' kit
  if [ -z "${MOS_VM_DIR-}" ]; then
    line=$("$repository/distribution/vm/prepare" --print | sed 's/ KIT / kit /')
    kept kit "$line" "rm -rf kit && $line"
  fi
  mirror=$("$repository/distribution/vm/prepare" --print)
  mirror=${mirror##* }
  kept debian "$mirror" "mmdebstrap --quiet --mode=root --variant=essential --dpkgopt=path-exclude=/usr/share/{doc,info,locale,man}/'*' \
--include=systemd,systemd-sysv,udev,kmod,login,passwd,iproute2 --customize-hook='echo root:$password | chroot \"\$1\" chpasswd' trixie hostfs.tar $mirror"

  chapter 'Images: bootkit, root file system, a service' images
  local runtime
  runtime=$(cat "$images/inputs.sha256" cache/keys; cat cache/kit 2>/dev/null || cat "$MOS_VM_DIR/.kit.stamp")
  kept bootkit "$runtime" "mosb bootkit build --keyset acme --kernel $kit --output oci:images/bootkit:1 --append console=ttyS0"
  runtime+=$(cat cache/debian; declare -f hostfs_layer)
  fresh hostfs "$(sha256sum <<<"$runtime")" || hostfs_layer
  kept hostfs "$runtime" 'mosb image build --output oci:images/hostfs:1.0 hostfs.tar own'
  mkdir -p site/www
  echo '<h1>hello</h1>' >site/www/index.html
  does 'mosb image build --output oci:images/site:1.0 site'
  echo '<h1>hello again</h1>' >site/www/index.html
  does 'mosb image build --output oci:images/site:1.1 site'

  chapter 'Manifests: the machine, an update of its service' zot
  rm -rf zot
  write machine.yaml <<'YAML'
version: 1
product: default
update_type: complete
targets:
  - service_name: hostfs
    service_type: hostfs
    version: "1.0"
    source: oci:images/hostfs:1.0
  - service_name: bootkit
    service_type: fs-only
    version: "1.0"
    source: oci:images/bootkit:1
  - service_name: site
    service_type: fs-only
    version: "1.0"
    source: oci:images/site:1.0
YAML
  sed -e 's/complete/partial/' -e '/hostfs$/,/bootkit:1/d' -e 's/1\.0/1.1/' machine.yaml >update.yaml
  does "mosb manifest publish --project acme:default --repo oci:zot --name machine/acme:1.0 machine.yaml"

  chapter 'Media: one provisions, one installs offline' '*.img'
  does "mosb media build --mode provision --keyset acme --sudi keys/acme/manifest/default/sudi/$machine_uuid --enroll --append console=ttyS0 --output provision.img $publisher_url:1.0"
  does "mosb media build --mode install --keyset acme --offline --disk /dev/vdb --append console=ttyS0 --output install.img $publisher_url:1.0"
  does 'mosb manifest publish --project acme:default --repo oci:updates --name machine/acme:1.1 update.yaml'
  does 'rm -f update.img && mke2fs -q -t ext4 -d updates update.img 64M'

  chapter 'First boot: keys for the firmware and the TPM' 'vars.fd, tpm'
  rm -rf vars.fd tpm disk.img
  watch_machine 'mosctl initrd: provisioned' 'mos: refused' provision.img

  chapter 'Second boot: installs onto an empty disk' disk.img
  truncate -s 4G disk.img
  watch_machine 'mosctl initrd: installed' 'mos: refused' install.img disk.img
  finish_chapter
  number=0

  cat <<END

$summary
Third boot: the machine, from its own disk. What the programs reported meanwhile is in $scratch/log.

  Log in at the prompt "machine login:" as   root   with the password   $password   (of this demo's image alone).
  Leave with exit, which switches the machine off; or Ctrl-a x, which cuts its power. After $minutes minutes it is switched off anyway.

END
  if [ -t 0 ]; then
    timeout --foreground --kill-after=10 ${minutes}m "$repository/distribution/vm/start" disk.img update.img || true
    stty sane || true
  else
    echo 'Nobody is at a terminal: the machine is switched off when it asks for a login.'
    watch_machine 'machine login:' 'mos: refused\|machine login:' disk.img update.img
  fi
  cat <<END

The machine is off. Start it again, with what it has remembered:

  . $scratch/env
  $repository/distribution/vm/start disk.img update.img

Everything is in $scratch; rm -r $scratch removes it.
END
}
