// `npm run bench:sources`: what loads from sources cost, each part against its peer in the same run. Argument: --save (writes SOURCES.md).
import './sources-files.ts';
import './sources-rest.ts';
import './sources-database.ts';
