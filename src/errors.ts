/**
 * The closed set of errors that a user can cause or meet. Everything else that is thrown is a defect of eqpot.
 * The command line prints `message` (and the place) and exits with `exitCode`.
 */
export interface ErrorPlace {
  /** path as the user gave it */
  file?: string;
  /** 1-based line */
  line?: number;
  /** 1-based column */
  column?: number;
}

/** Base of every error that is reported without a stack trace. */
export class EqpotError extends Error {
  readonly exitCode: number = 1;
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Bad input: what was wrong, where, what was expected, what to do. Exit code 2. */
export class InputError extends EqpotError {
  override readonly exitCode = 2;
  readonly place: ErrorPlace;
  /** what to do about it, one sentence */
  readonly hint: string | undefined;
  constructor(message: string, place: ErrorPlace = {}, options: { hint?: string; cause?: unknown } = {}) {
    super(InputError.format(message, place, options.hint), options);
    this.place = place;
    this.hint = options.hint;
  }
  private static format(message: string, place: ErrorPlace, hint?: string): string {
    const where = [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
    return `${where ? `${where}: ` : ''}${message}${hint ? `\n  ${hint}` : ''}`;
  }
}

/** An external program (LAMMPS, ...) failed, hung or gave broken physics. Exit code 3. */
export class EngineError extends EqpotError {
  override readonly exitCode = 3;
  /** last lines of the program's own log */
  readonly logTail: string;
  constructor(message: string, logTail = '', options?: { cause?: unknown }) {
    super(logTail ? `${message}\n--- end of its log ---\n${logTail}` : message, options);
    this.logTail = logTail;
  }
}

/** A result did not pass its own proof (LAMMPS disagrees with the equation, ...). Exit code 4. */
export class VerificationError extends EqpotError {
  override readonly exitCode = 4;
}

/** The run was asked to stop (signal, --max-time); state is saved and `--resume` continues. Exit code 5. */
export class StoppedError extends EqpotError {
  override readonly exitCode = 5;
}
