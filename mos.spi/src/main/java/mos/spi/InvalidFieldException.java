package mos.spi;

/**
 * A field with an unacceptable value. Records validate themselves and know only their own field;
 * whoever parses the enclosing document adds the rest of the path with {@link #under}: {@code host}
 * becomes {@code targets[2].network.ports[0].host}.
 */
public final class InvalidFieldException extends MosException {
  private static final long serialVersionUID = 1L;

  private final String field;
  private final String problem;

  /**
   * @param field the field's path, relative to the record that validates it; empty for the record
   *     itself
   * @param problem what is wrong with it and what is allowed, to be read after the path
   */
  public InvalidFieldException(String field, String problem) {
    super(ErrorCode.INVALID, field.isEmpty() ? problem : field + ": " + problem);
    this.field = field;
    this.problem = problem;
  }

  /** The path of the field. */
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
