// What is drawn on a board besides its boxes, and what can be done there.
import type { Point } from '#core/pipeline/graph-layout.ts';

export type BoardLine = {
	readonly key: string;
	readonly points: readonly Point[];
	/** At its end. */
	readonly label?: string;
	readonly isNear: boolean;
	readonly isFaint?: boolean;
	readonly isDashed?: boolean;
};

/** What a box is drawn with. */
export type BoardNode = {
	/** The one that Tab goes to. */
	readonly isEntry: boolean;
	/** A line that is being pulled may end here. */
	readonly isTarget: boolean;
	/** Id of the text that says which keys there are. */
	readonly describedBy: string;
};

/** New lines, pulled from whatever has `data-pull` to a box. */
export type BoardLinks = {
	readonly may: (from: string, to: string) => boolean;
	readonly connect: (from: string, to: string) => void;
};
