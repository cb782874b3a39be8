import fc from 'fast-check';

const text = process.env['PROPERTY_SEED'] ?? '1';
const seed = Number(text);
if (!Number.isSafeInteger(seed)) throw new Error(`PROPERTY_SEED is ${text}; allowed is an integer`);

/**
 * The properties of `npm test` look at the same values in each run, so that a run repeats the one before. Another
 * `PROPERTY_SEED=<n>` has them look at others; a property that fails prints its seed.
 */
fc.configureGlobal({ seed });

export default fc;
