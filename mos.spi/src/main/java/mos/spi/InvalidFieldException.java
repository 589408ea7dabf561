package mos.spi;

/**
 * A field with an unacceptable value. Records validate themselves and know only their own field;
 * whoever parses the enclosing document adds the rest of the path with {@link #under}: {@code host}
 * becomes {@code targets[2].network.ports[0].host}.
 */
public final class InvalidFieldException extends MosException {
  private static final long serialVersionUID = 1L;

  /** How many characters of a path or a problem are shown; hostile values can be far longer. */
  private static final int SHOWN = 600;

  private final String field;
  private final String problem;

  /**
   * @param field the field's path, relative to the record that validates it; empty for the record
   *     itself
   * @param problem what is wrong with it and what is allowed, to be read after the path
   */
  public InvalidFieldException(String field, String problem) {
    super(
        ErrorCode.INVALID,
        field.isEmpty() ? shorten(problem) : shorten(field) + ": " + shorten(problem));
    this.field = shorten(field);
    this.problem = shorten(problem);
  }

  /** Leaves out the middle: the value stands at the beginning, the rule at the end. */
  private static String shorten(String text) {
    return text.length() <= SHOWN
        ? text
        : text.substring(0, SHOWN / 2) + "…" + text.substring(text.length() - SHOWN / 2);
  }

  /** The path of the field; of a very long one beginning and end. */
  public String field() {
    return field;
  }

  /** What is wrong with it. */
  public String problem() {
    return problem;
  }

  /**
   * The same problem seen from an enclosing record, at {@code prefix} (for example {@code
   * targets[2]}).
   */
  public InvalidFieldException under(String prefix) {
    if (prefix.isEmpty()) {
      return this;
    }
    String path =
        field.isEmpty() ? prefix : field.startsWith("[") ? prefix + field : prefix + "." + field;
    InvalidFieldException outer = new InvalidFieldException(path, problem);
    outer.setStackTrace(getStackTrace());
    return outer;
  }
}
