#!/bin/bash
# The dracut module of mos: what a machine needs to find, open and check its disks, and /init, which starts our program once.
# dracut calls these functions. Their inputs lie at fixed places of the root that dracut runs in: the linked runtime in /mos, and in
# $MOS_INPUTS the files that become /manifestCA.pem, /mos/policies.json and /usr/lib/initrd-release.
#
# dracut's own module "base" is left out on purpose: its init asks the kernel's command line whether to give a shell.

check() {
  return 255 # only when asked for
}

depends() {
  echo dash kernel-modules udev-rules
}

installkernel() {
  # kernel-modules brings the drivers of disks, buses and keyboards, file systems and ciphers.
  hostonly='' instmods dm-mod dm-verity dm-crypt loop overlay squashfs erofs ext4 vfat isofs efivarfs \
    nls_cp437 nls_ascii nls_iso8859-1 nls_utf8 tpm_tis tpm_crb tpm_tis_core virtio_blk virtio_scsi virtio_pci virtio-rng \
    nvme ahci usb-storage uas sd_mod sr_mod mmc_block algif_skcipher algif_hash xts
}

install() {
  local file
  inst_multiple cat cryptsetup dmsetup kmod modprobe mkdir mount rm sleep switch_root udevadm umount
  # Without them, cryptsetup waits for ever for the device that it has made. dracut's module "dm" brings every RAID as well.
  inst_rules 55-dm.rules 60-persistent-storage-dm.rules 95-dm-notify.rules "$moddir/11-mos.rules"
  # With the libraries that its executables want.
  while read -r file; do
    inst "$file"
  done < <(find /mos ! -type d | sort)
  # File names are UTF-8.
  inst_simple /usr/lib/locale/C.utf8/LC_CTYPE
  inst_simple "${MOS_INPUTS:?}/policies.json" /mos/policies.json
  inst_simple "$MOS_INPUTS/manifestCA.pem" /manifestCA.pem
  inst_simple "$MOS_INPUTS/initrd-release" /usr/lib/initrd-release
  ln -sf ../usr/lib/initrd-release "$initdir/etc/initrd-release"
  mkdir -p "$initdir"/{dev,proc,run,sys,sysroot,tmp}
  inst_script "$moddir/init" /init
}
