/** The plain data that plotly and notebook front ends take. */

/** One plotly trace, e.g. `{ type: "scatter", x: [1, 2], y: [3, 4] }`. */
export type Trace = Readonly<Record<string, unknown>>;

/** A plotly layout: titles, axes, size in pixels. */
export type Layout = Readonly<Record<string, unknown>>;

/** What a notebook front end receives: content by media type. */
export type MimeBundle = Readonly<Record<string, unknown>>;
