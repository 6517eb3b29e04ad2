/** Reverse-mode differentiation of graphs. */
export { grad, vjp } from "./grad.ts";
export { vjpRules } from "./vjp_rules.ts";
