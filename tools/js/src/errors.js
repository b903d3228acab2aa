// SPDX-License-Identifier: Apache-2.0
// errors.js - what fails, as an exception with a code.

export class DsegError extends Error {
  constructor(code, message) {
    super(message);
    this.name = "DsegError";
    this.code = code;
  }
}

/** Codes by dseg_status (dseg/status.h). */
const codes = ["internal", "argument", "input", "output", "format", "unsupported", "limit", "memory", "overlap"];

export function errorOfStatus(status, message) {
  return new DsegError(codes[status] ?? "internal", message);
}

export function argument(message) {
  return new DsegError("argument", message);
}

/** Options of a call; {} where they are left out. name: that of the call. */
export function optionsOf(given, name) {
  if (given === undefined) return {};
  if (typeof given !== "object" || given === null) throw argument(`${name} takes an object of options, not ${given}`);
  const { signal, progress } = given;
  if (signal && typeof signal.addEventListener !== "function") throw argument(`${name}: signal must be an AbortSignal`);
  if (progress && typeof progress !== "function") throw argument(`${name}: progress must be a function`);
  return given;
}

/** A list that is given, or undefined. */
export function listOf(given, name) {
  if (given === undefined || given === null) return undefined;
  if (!Array.isArray(given)) throw argument(`${name} must be an array`);
  return given;
}

/** A text that is given, or undefined. */
export function textOf(value, name) {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw argument(`${name} must be a text, not ${typeof value}`);
  if (value.includes("\0")) throw argument(`${name} has the character NUL, which no text of an object may hold`);
  return value;
}

/** Throws where the caller has given up. */
export function checkSignal(signal) {
  if (signal?.aborted) throw new DsegError("aborted", "the call was aborted");
}
