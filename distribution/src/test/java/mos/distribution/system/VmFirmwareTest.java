package mos.distribution.system;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import mos.plugin.uki.UkiBootkitBuilder;
import mos.spi.event.EventSink;
import mos.spi.sign.FirmwareCertificate;
import mos.spi.sign.FirmwareKeys;
import mos.spi.sign.SigningKey;
import mos.testkit.vm.FirmwareVariables;
import mos.testkit.vm.MachineRoom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What firmware has a part in: who signed what is started, whether that is asked for at all, and
 * what is passed to it. The attacker has the machine's disk and can write its system partition.
 */
@Tag("vm")
final class VmFirmwareTest {
  private static final String NAME = "mos-e2e.1";

  /** Longer than a kernel takes to come to the initrd here. */
  private static final Duration STARTING = Duration.ofSeconds(15);

  @RegisterExtension final MachineRoom room = new MachineRoom();

  private final VmFactory factory = VmFactory.shared();

  @Test
  void aUkiBySomebodyElseIsNotStarted() throws IOException {
    Path keys = room.file("rogue-keys");
    Programs.run(
            Programs.mosb("keyset", "add", "rogue", "--org", "Rogue"),
            Map.of("MOS_KEYS", keys.toString()))
        .ok();
    Path key = keys.resolve("rogue/uki-production");
    Path uki = room.file("rogue.efi");
    new UkiBootkitBuilder()
        .rework(
            factory.bootkit(),
            List.of("root=soci:name=mosboot", "console=ttyS0", "mos.bootkit=" + VmFactory.FIRST),
            Map.of(),
            false,
            new SigningKey(key.resolve("privkey.pem"), key.resolve("cert.pem")),
            uki,
            EventSink.NONE);
    firmwareRefuses("a UKI by a rogue", uki);
  }

  @Test
  void aUkiThatWasChangedAfterItWasSignedIsNotStarted() throws IOException {
    byte[] bytes = Files.readAllBytes(factory.uki(VmFactory.FIRST));
    bytes[bytes.length / 2] ^= 1;
    firmwareRefuses("a changed UKI", Files.write(room.file("changed.efi"), bytes));
  }

  @Test
  void aUkiThatNobodySignedIsNotStarted() throws IOException {
    Path uki = Files.copy(factory.uki(VmFactory.FIRST), room.file("unsigned.efi"));
    Programs.run(List.of("sbattach", "--remove", uki.toString())).ok();
    firmwareRefuses("an unsigned UKI", uki);
  }

  private void firmwareRefuses(String name, Path uki) {
    VmMachine machine = withUki(uki);
    try (VmGuest guest =
        new VmGuest(machine.firmware(room, name.replace(' ', '-')), name, "firmware")) {
      guest.machine().await("(?i)access denied|security violation", VmGuest.BOOT);
      guest.machine().cutPowerAfter("", STARTING, Duration.ofSeconds(1));
      assertFalse(guest.machine().console().contains("mos: start"), "the UKI was started");
    }
  }

  @Test
  void aUkiByAKeyThatDbAllowsButThatIsNotForProductionOpensNothing() {
    VmMachine machine =
        withUki(factory.sign(room.file("limited.efi"), VmFactory.FIRST, "uki-limited", 1, 0));
    try (VmGuest guest =
        new VmGuest(machine.firmware(room, "limited"), "a UKI by uki-limited", "firmware")) {
      guest.refuses("PCR 7", "another key signed");
    }
  }

  @Test
  void withoutSecureBootNothingOpens() throws IOException {
    VmMachine machine = factory.golden().copy(room, "machine");
    FirmwareKeys keys = factory.keysets().firmware(VmFactory.KEYSET);
    FirmwareVariables variables =
        new FirmwareVariables()
            .platformKey(keys.platform().owner(), certificate(keys.platform()))
            .keyExchangeKey(keys.exchange().owner(), certificate(keys.exchange()))
            .secureBoot(false);
    for (FirmwareCertificate allowed : keys.allowed()) {
      variables.allow(allowed.owner(), certificate(allowed));
    }
    variables.write(machine.variables());
    try (VmGuest guest =
        new VmGuest(machine.firmware(room, "insecure"), "secure boot off", "firmware")) {
      guest.refuses("PCR 7", "secure boot is off");
    }
  }

  @Test
  void credentialsOnTheSystemPartitionAreNoticed() throws IOException {
    VmMachine machine = factory.golden().rawCopy(room, "machine");
    String esp = machine.disk().image() + "@@1M";
    Path credential = Files.writeString(room.file("x.cred"), "planted\n");
    mtools("mmd", "-i", esp, "::/loader/credentials");
    mtools("mcopy", "-i", esp, credential.toString(), "::/loader/credentials/x.cred");
    try (VmGuest guest =
        new VmGuest(machine.firmware(room, "credentials"), "planted credentials", "firmware")) {
      guest.refuses("PCR 12", "*.cred");
    }
  }

  @Test
  void credentialsBesideTheUkiAreNoticed() throws IOException {
    VmMachine machine = factory.golden().rawCopy(room, "machine");
    besideTheUki(machine, Files.writeString(room.file("y.cred"), "planted\n"));
    try (VmGuest guest =
        new VmGuest(machine.firmware(room, "extra"), "credentials beside the UKI", "firmware")) {
      guest.refuses("PCR 12", "*.cred");
    }
  }

  @Test
  void anAddOnByAKeyThatDbAllowsIsNoticed() throws IOException {
    VmMachine machine = factory.golden().rawCopy(room, "machine");
    Path keys = factory.file("keys/acme/uki-limited");
    Path signed = room.file("signed.addon.efi");
    Programs.run(
            List.of(
                "sbsign",
                "--key",
                keys.resolve("privkey.pem").toString(),
                "--cert",
                keys.resolve("cert.pem").toString(),
                "--output",
                signed.toString(),
                addOn().toString()))
        .ok();
    besideTheUki(machine, signed);
    try (VmGuest guest =
        new VmGuest(machine.firmware(room, "add-on"), "a signed add-on", "firmware")) {
      guest.refuses("PCR 12", "*.addon.efi");
    }
  }

  @Test
  void anAddOnThatNobodySignedIsNotTaken() throws IOException {
    VmMachine machine = factory.golden().rawCopy(room, "machine");
    besideTheUki(machine, addOn());
    try (VmGuest guest =
        new VmGuest(machine.firmware(room, "unsigned"), "an unsigned add-on", "firmware")) {
      guest.ready();
      String line = guest.shell("cat /proc/cmdline");
      assertFalse(line.contains("planted"), line);
    }
  }

  /** An add-on with kernel arguments, made as a distribution makes them. */
  private Path addOn() throws IOException {
    Path made = Files.createTempFile(factory.kit().resolve("tmp"), "planted", ".addon.efi");
    Path addOn = room.file("planted.addon.efi");
    try {
      Programs.run(
              List.of(
                  "chroot",
                  factory.kit().toString(),
                  "ukify",
                  "build",
                  "--stub=/usr/lib/systemd/boot/efi/addonx64.efi.stub",
                  "--cmdline=planted init=/bin/sh",
                  "--output=/tmp/" + made.getFileName()))
          .ok();
      return Files.move(made, addOn);
    } finally {
      Files.deleteIfExists(made);
    }
  }

  /** Puts a file where the stub of a UKI looks for what belongs to this UKI alone. */
  private static void besideTheUki(VmMachine machine, Path file) {
    String esp = machine.disk().image() + "@@1M";
    for (String counted : List.of("", "+3", "+2-1")) {
      String directory = "::/EFI/Linux/" + NAME + counted + ".efi.extra.d";
      mtools("mmd", "-i", esp, directory);
      mtools("mcopy", "-i", esp, file.toString(), directory + "/" + file.getFileName());
    }
  }

  @Test
  void anotherCommandLineIsNoticed() {
    VmMachine machine = factory.golden().copy(room, "machine");
    try (VmGuest guest =
        new VmGuest(
            machine
                .firmware(room, "command-line")
                .options(
                    "-smbios",
                    "type=11,value=io.systemd.stub.kernel-cmdline-extra=init=/bin/sh rd.shell=1"),
            "a changed command line",
            "firmware")) {
      guest.refuses("PCR 12", "command line");
    }
  }

  /** The machine with another UKI in the place of its own. */
  private VmMachine withUki(Path uki) {
    VmMachine machine = factory.golden().rawCopy(room, "machine");
    String esp = machine.disk().image() + "@@1M";
    String found =
        Programs.run(List.of("mdir", "-b", "-i", esp, "::/EFI/Linux/" + NAME + "*"))
            .ok()
            .out()
            .strip();
    mtools("mcopy", "-o", "-i", esp, uki.toString(), found);
    return machine;
  }

  private static void mtools(String... command) {
    Programs.run(List.of(command)).ok();
  }

  private static X509Certificate certificate(FirmwareCertificate file) throws IOException {
    try (InputStream in = Files.newInputStream(file.certificate())) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    } catch (CertificateException e) {
      throw new AssertionError(e);
    }
  }
}
