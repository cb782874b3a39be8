import { unknownName } from '../contract/contract-violations.js';
import type { CoverageReport } from '../server/journal/coverage.js';
import { OptionError } from '../contract/option-error.js';
import { shown } from '../contract/format-value.js';

/** A status of an operation that a run must have answered. */
export interface RequiredCell {
  readonly operation: string;
  readonly status: number;
}

/** How often it was. */
export interface CalledCell extends RequiredCell {
  readonly calls: number;
}

/**
 * Reads lists of `<operation>:<status>`.
 * @param coverage of the contract that has the operations
 * @throws OptionError for what is none of its cells
 */
export function readCells(lists: readonly string[], coverage: CoverageReport): RequiredCell[] {
  const cells = lists
    .flatMap((list) => list.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => readCell(text, coverage));
  if (lists.length > 0 && cells.length === 0) {
    throw new OptionError('--require names nothing; allowed are cells such as retrieveExportJob:404');
  }
  const isFirst = ({ operation, status }: RequiredCell, index: number) =>
    cells.findIndex((each) => each.operation === operation && each.status === status) === index;
  return cells.filter(isFirst);
}

function readCell(text: string, { operations }: CoverageReport): RequiredCell {
  const [, name = '', status = ''] = /^([^:]*):(\d{3})$/.exec(text) ?? [];
  if (name === '') {
    throw new OptionError(
      `--require has ${shown(text)}; allowed is <operation>:<status>, such as retrieveExportJob:404`,
    );
  }
  const operation = operations.find(({ operationId }) => operationId === name);
  if (!operation) {
    const known = operations.map(({ operationId }) => operationId);
    const { message, allowed } = unknownName('operation', name, known, '');
    throw new OptionError(`--require has ${shown(text)}: ${message} Allowed: ${allowed}`);
  }
  const known = operation.statuses.map((each) => each.status);
  if (!known.includes(Number(status))) {
    throw new OptionError(
      `--require has ${shown(text)}; allowed for ${name} is one of ${known.map((each) => `${name}:${each}`).join(', ')}`,
    );
  }
  return { operation: name, status: Number(status) };
}

/** The cells with how often each was answered. */
export function calledCells(cells: readonly RequiredCell[], { operations }: CoverageReport): CalledCell[] {
  return cells.map(({ operation, status }) => {
    const found = operations.find(({ operationId }) => operationId === operation);
    const calls = found?.statuses.find((each) => each.status === status)?.calls ?? 0;
    return { operation, status, calls };
  });
}
