const SMALLEST_SLAB_IN_BYTES = 8 * 1024;
const LARGEST_SLAB_IN_BYTES = 512 * 1024;
/** A character takes at most as many bytes in UTF-8, counted as JavaScript counts characters. */
const MOST_BYTES_OF_CHARACTER = 3;

interface Slab {
  bytes: Buffer;
  /** How many slots refer to it. */
  slots: number;
}

/** Where a slot's texts begin in its slab, where the first ends, and where the second does. */
const NUMBERS_OF_PLACE = 3;

/**
 * The bodies of calls in slots, which are filled one after another, and then from 0 again. They are kept as bytes outside
 * of the heap: texts that outlive their call cost the garbage collector more than all else that is done to record it.
 */
export class KeptBodies {
  /** Of each slot, where its bytes are: one call follows the other, in one slab after another. */
  readonly #slabs: (Slab | undefined)[] = [];
  readonly #places: number[] = [];
  #slab: Slab = { bytes: Buffer.alloc(0), slots: 0 };
  #used = 0;
  /** One that no slot refers to any more. */
  #spare: Slab | undefined;

  /** Puts bodies into a slot, in place of those before. One that is empty is none. */
  put(slot: number, sent: string, answered: string): void {
    this.forget(slot);
    if (sent === '' && answered === '') return;
    this.#makeRoom((sent.length + answered.length) * MOST_BYTES_OF_CHARACTER);
    const place = slot * NUMBERS_OF_PLACE;
    this.#slabs[slot] = this.#slab;
    this.#slab.slots++;
    this.#places[place] = this.#used;
    this.#places[place + 1] = this.#write(sent);
    this.#places[place + 2] = this.#write(answered);
  }

  sent(slot: number): string | undefined {
    return this.#read(slot, 0);
  }

  answered(slot: number): string | undefined {
    return this.#read(slot, 1);
  }

  forget(slot: number): void {
    const slab = this.#slabs[slot];
    if (!slab) return;
    this.#slabs[slot] = undefined;
    if (--slab.slots === 0 && slab !== this.#slab) this.#spare = slab;
  }

  #makeRoom(bytes: number): void {
    const { length } = this.#slab.bytes;
    if (this.#used + bytes <= length) return;
    const grown = Math.min(Math.max(2 * length, SMALLEST_SLAB_IN_BYTES), LARGEST_SLAB_IN_BYTES);
    const size = Math.max(bytes, grown);
    const spare = this.#spare !== undefined && this.#spare.bytes.length >= size ? this.#spare : undefined;
    this.#slab = spare ?? { bytes: Buffer.allocUnsafeSlow(size), slots: 0 };
    this.#spare = undefined;
    this.#used = 0;
  }

  #write(text: string): number {
    if (text !== '') this.#used += this.#slab.bytes.write(text, this.#used);
    return this.#used;
  }

  #read(slot: number, part: number): string | undefined {
    const place = slot * NUMBERS_OF_PLACE + part;
    const [start, end] = [this.#places[place], this.#places[place + 1]];
    return start === end ? undefined : this.#slabs[slot]?.bytes.toString('utf8', start, end);
  }
}
