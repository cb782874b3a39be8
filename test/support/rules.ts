import type { Contract } from '../../contract/contract.js';
import { unescapePointer } from '../../contract/json-pointer.js';

/** What stands at a rule: the URI fragment of a JSON pointer, which follows no reference. Undefined if there is nothing. */
export function valueAt({ document }: Contract, rule: string | undefined): unknown {
  if (!rule?.startsWith('#')) return undefined;
  const parts = rule.slice(1).split('/').slice(1);
  const names = parts.map((part) => unescapePointer(decodeURIComponent(part)));
  return names.reduce<any>((node, name) => node?.[name], document);
}
