package mos.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UndoLogTest {
  private final List<String> undone = new ArrayList<>();

  @Test
  void whatWasDoneLastIsUndoneFirst() {
    try (UndoLog undo = new UndoLog()) {
      undo.push("first", () -> undone.add("first"));
      undo.push("second", () -> undone.add("second"));
    }
    assertEquals(List.of("second", "first"), undone);
  }

  @Test
  void successKeepsEverything() {
    try (UndoLog undo = new UndoLog()) {
      undo.push("first", () -> undone.add("first"));
      undo.disarm();
    }
    assertEquals(List.of(), undone);
  }

  @Test
  void whatIsDoneAfterDisarmingIsUndone() {
    try (UndoLog undo = new UndoLog()) {
      undo.push("first", () -> undone.add("first"));
      undo.disarm();
      undo.push("second", () -> undone.add("second"));
    }
    assertEquals(List.of("second"), undone);
  }

  @Test
  void nothingIsUndoneTwice() {
    UndoLog undo = new UndoLog();
    undo.push("first", () -> undone.add("first"));
    undo.close();
    undo.close();
    assertEquals(List.of("first"), undone);
  }

  @Test
  void aFailingUndoDoesNotKeepTheOthersFromRunning() {
    UndoLog undo = new UndoLog();
    undo.push("remove a", () -> undone.add("a"));
    undo.push(
        "remove b",
        () -> {
          throw new IOException("b is busy");
        });
    undo.push(
        "remove c",
        () -> {
          throw new IllegalStateException("c is gone");
        });
    MosException e = assertThrows(MosException.class, undo::close);
    assertEquals(List.of("a"), undone);
    assertEquals("could not undo (remove c): c is gone", e.getMessage());
    assertEquals(ErrorCode.RESOURCE, e.code());
    assertEquals("could not undo (remove b): b is busy", e.getSuppressed()[0].getMessage());
  }

  @Test
  void theReasonOfTheFailureStaysInFrontOfAFailingUndo() {
    MosException e =
        assertThrows(
            MosException.class,
            () -> {
              try (UndoLog undo = new UndoLog()) {
                undo.push(
                    "remove a",
                    () -> {
                      throw new IOException("a is busy");
                    });
                throw MosException.refused("bad signature");
              }
            });
    assertEquals("bad signature", e.getMessage());
    assertEquals("could not undo (remove a): a is busy", e.getSuppressed()[0].getMessage());
  }

  @Test
  void anInterruptIsNotSwallowed() {
    UndoLog undo = new UndoLog();
    undo.push("first", () -> undone.add("first"));
    undo.push(
        "wait",
        () -> {
          throw new InterruptedException("stop");
        });
    assertThrows(MosException.class, undo::close);
    assertTrue(Thread.interrupted());
    assertEquals(List.of("first"), undone);
  }
}
