/** Reverse-mode differentiation of graphs. */
export { grad, vjp } from "./grad.ts";
export { type Rule, vjpRules } from "./vjp_rules.ts";
