import fc from 'fast-check';

/**
 * The properties of `npm test` look at the same values in each run, so that a run repeats the one before. Another
 * `PROPERTY_SEED=<n>` has them look at others; a property that fails prints its seed.
 */
fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 1) });

export default fc;
