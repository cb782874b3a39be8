import { isDeepStrictEqual } from 'node:util';
import type { components } from '../../generated/control.js';
import type { ContractOperation, ContractParameter } from '../../contract/contract-operations.js';
import { getHeader } from '../platform/headers.js';
import type { RecordedRequest } from './journal-entry.js';

/** What of a contract was exercised, as `spec/control.yaml` describes it. */
export type CoverageReport = components['schemas']['Coverage'];

/** What coverage is counted of. The headers are as sent: those that the validator has filled in do not count. */
type CoveredRequest = Pick<RecordedRequest, 'headers' | 'body' | 'status' | 'answerBody'>;

interface Example {
  name: string;
  value: unknown;
  /** As JSON.stringify writes it, which is how bodies are sent. */
  text: string;
  cell: number;
}

/** Where the counts of an operation stand. */
interface OperationCells {
  operation: ContractOperation;
  calls: number;
  statuses: Map<number, number>;
  parameters: { parameter: ContractParameter; lowerName: string; cell: number }[];
  requestExamples: Example[];
  answerExamples: Map<number, Example[]>;
}

/** Where the counts of a contract stand: each cell is a number from 0. Made once for all sandboxes. */
export class CoverageCells {
  readonly ofOperations = new Map<ContractOperation, OperationCells>();
  size = 0;

  constructor(operations: readonly ContractOperation[]) {
    for (const operation of operations) this.ofOperations.set(operation, this.#cellsOf(operation));
  }

  #cellsOf(operation: ContractOperation): OperationCells {
    const { parameters, responses, requestExamples } = operation;
    const answers = [...responses.values()];
    return {
      operation,
      calls: this.size++,
      statuses: new Map(answers.map(({ status }) => [status, this.size++])),
      parameters: parameters.map((parameter) => ({
        parameter,
        lowerName: parameter.name.toLowerCase(),
        cell: this.size++,
      })),
      requestExamples: this.#examples(requestExamples),
      answerExamples: new Map(answers.map(({ status, examples }) => [status, this.#examples(examples)])),
    };
  }

  #examples(examples: ReadonlyMap<string, unknown>): Example[] {
    return [...examples].map(([name, value]) => ({
      name,
      value,
      text: JSON.stringify(value),
      cell: this.size++,
    }));
  }
}

/** What of the contract the calls of one sandbox have exercised. */
export class Coverage {
  #counts: Uint32Array | undefined;

  constructor(private readonly cells: CoverageCells) {}

  add(
    operation: ContractOperation,
    query: { has(name: string): boolean } | undefined,
    request: CoveredRequest,
  ): void {
    const cells = this.cells.ofOperations.get(operation);
    if (!cells) return;
    const counts = (this.#counts ??= new Uint32Array(this.cells.size));
    const covered = [cells.calls];
    for (const { parameter, lowerName, cell } of cells.parameters) {
      const isSent =
        parameter.in === 'header'
          ? getHeader(request.headers, lowerName) !== undefined
          : parameter.in === 'path' || query?.has(parameter.name) === true;
      if (isSent) covered.push(cell);
    }
    const { body, status, answerBody } = request;
    if (typeof body === 'string') {
      for (const example of cells.requestExamples) if (isExample(body, example)) covered.push(example.cell);
    }
    const ofStatus = status === undefined ? undefined : cells.statuses.get(status);
    if (status !== undefined && ofStatus !== undefined) {
      covered.push(ofStatus);
      for (const { text, cell } of cells.answerExamples.get(status) ?? []) {
        if (text === answerBody) covered.push(cell);
      }
    }
    for (const cell of covered) counts[cell] = (counts[cell] ?? 0) + 1;
  }

  /** Every cell of the contract, exercised or not, in the contract's order. */
  report(): CoverageReport {
    const calls = (cell: number) => this.#counts?.[cell] ?? 0;
    const operations = [...this.cells.ofOperations.values()].map((cells) => ({
      operationId: cells.operation.operationId,
      calls: calls(cells.calls),
      statuses: [...cells.statuses].map(([status, cell]) => ({ status, calls: calls(cell) })),
      parameters: cells.parameters.map(({ parameter: { name, in: place }, cell }) => ({
        name,
        in: place,
        calls: calls(cell),
      })),
      examples: [
        ...cells.requestExamples.map(({ name, cell }) => ({
          name,
          of: 'request' as const,
          calls: calls(cell),
        })),
        ...[...cells.answerExamples].flatMap(([status, examples]) =>
          examples.map(({ name, cell }) => ({ name, of: 'answer' as const, status, calls: calls(cell) })),
        ),
      ],
    }));
    const told = operations.flatMap(({ statuses, parameters, examples }) => [
      ...statuses,
      ...parameters,
      ...examples,
    ]);
    return {
      exercised: told.filter((cell) => cell.calls > 0).length,
      total: told.length,
      operations: operations as CoverageReport['operations'],
    };
  }

  /** Counts anew. */
  clear(): void {
    this.#counts = undefined;
  }
}

/** Whether a body is what an example shows, however it is written; what is shorter is taken to be something else. */
function isExample(body: string, { text, value }: Example): boolean {
  if (body.length <= text.length) return body === text;
  try {
    return isDeepStrictEqual(JSON.parse(body), value);
  } catch {
    return false;
  }
}
