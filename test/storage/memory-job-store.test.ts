import { MemoryJobStore } from '../../server/storage/memory-job-store.js';
import { describeJobStore } from './job-store-suite.js';

describeJobStore('a store in memory', (seed) => new MemoryJobStore(seed));
