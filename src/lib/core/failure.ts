// Every expected failure a person may be told about; the words are in ui/explain.ts.
import type { ExcelFailure } from './export/xlsx-file.ts';
import type { BackupFailure } from './backup/backup-file.ts';
import type { AlertFailure } from './alert/failure.ts';
import type { NothingToTellRowsApart } from './check/anomaly/forest-columns.ts';
import type { ImportSuiteFailure } from './check/exchange.ts';
import type { InvalidSuite } from './check/parse-suite.ts';
import type { StatisticsFailure } from './check/statistics/failure.ts';
import type { BrokenModel } from './model/model-bytes.ts';
import type { SearchFailure } from './model/search/search-plan.ts';
import type { LearnFailure } from './model/training/learn.ts';
import type { PrepareFailure } from './model/training/prepare.ts';
import type { GatesClosed } from './model/registry/promotion.ts';
import type { RegistryFailure } from './model/registry/registered-model.ts';
import type { ServingFailure } from './onnx/failure.ts';
import type { PartitionFailure } from './export/plan-partitions.ts';
import type { IngestFailure } from './ingest/options.ts';
import type { PipelineFailure } from './pipeline/failure.ts';
import type { InvalidFunction } from './script/parse-user-function.ts';
import type { QueryFailure } from './query/failure.ts';
import type { ReportFailure } from './report/failure.ts';
import type { FunctionTestsFailed, ScriptFailure } from './script/user-function.ts';
import type { ShareFailure } from './share/failure.ts';
import type { ConnectionFailure } from './source/failure.ts';
import type { SqlFailure } from './sql/failure.ts';
import type { JoinUnexpected } from './transform/join-unexpected.ts';
import type { RecipeProblems } from './transform/problem.ts';
import type { SyncFailure } from './sync/failure.ts';
import type { SchemaClash } from './version/merge-schema.ts';
import type { StoreFailure } from './version/store-failure.ts';

/** `sizeBytes` is what the rows of a training take at once. */
export type TrainingFailure =
	| PrepareFailure
	| LearnFailure
	| SearchFailure
	| BrokenModel
	| { readonly kind: 'broken-arrow'; readonly reason: string }
	| { readonly kind: 'model-crashed'; readonly reason: string }
	| { readonly kind: 'rows-too-large'; readonly sizeBytes: number };

export type Failure =
	| AlertFailure
	| BackupFailure
	| IngestFailure
	| PartitionFailure
	| InvalidFunction
	| InvalidSuite
	| ImportSuiteFailure
	| StatisticsFailure
	| NothingToTellRowsApart
	| PipelineFailure
	| RegistryFailure
	| GatesClosed
	| TrainingFailure
	| ServingFailure
	| ScriptFailure
	| FunctionTestsFailed
	| ConnectionFailure
	| SqlFailure
	| StoreFailure
	| SyncFailure
	| ShareFailure
	| ReportFailure
	| QueryFailure
	| RecipeProblems
	| JoinUnexpected
	| { readonly kind: 'sample-unavailable'; readonly file: string }
	| ExcelFailure
	| { readonly kind: 'sink-failed'; readonly reason: string }
	| { readonly kind: 'folder-left'; readonly folder: string }
	| { readonly kind: 'unknown-column'; readonly column: string }
	| { readonly kind: 'unknown-row'; readonly row: number; readonly rowCount: number }
	| { readonly kind: 'invalid-author'; readonly rule: 'too-long' | 'control' }
	| { readonly kind: 'no-edits' }
	| { readonly kind: 'working-copy-outdated'; readonly dataset: string }
	| { readonly kind: 'no-key' }
	| { readonly kind: 'nothing-to-merge'; readonly from: string }
	| { readonly kind: 'unrelated'; readonly from: string }
	| { readonly kind: 'schemas-clash'; readonly clashes: readonly SchemaClash[] }
	| { readonly kind: 'merge-conflicts'; readonly count: number }
	| { readonly kind: 'columns-differ'; readonly dataset: string; readonly extra: readonly string[] }
	| {
			readonly kind: 'key-not-unique';
			readonly where: string;
			readonly key: readonly string[];
			readonly nulls: number;
			readonly examples: readonly string[];
	  }
	| { readonly kind: 'unknown-type'; readonly type: string }
	| {
			readonly kind: 'values-do-not-fit';
			readonly column: string;
			readonly type: string;
			readonly misfits: number;
			readonly examples: readonly string[];
	  }
	| { readonly kind: 'invalid-argument'; readonly argument: string; readonly expected: string };
