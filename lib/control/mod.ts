/**
 * Environments: the classic-control tasks of Gymnasium, equal to it, and a world of text in which
 * every value can be computed exactly.
 */
export * from "./acrobot.ts";
export * from "./cart_pole.ts";
export * from "./drawing.ts";
export * from "./dynamics.ts";
export * from "./env.ts";
export * from "./environments.ts";
export * from "./mountain_car_continuous.ts";
export * from "./pendulum.ts";
export * from "./policies.ts";
export * from "./spaces.ts";
export * from "./state_dependent_noise.ts";
export * from "./token_world.ts";
export * from "./vector_env.ts";
export * from "./vector_gae.ts";
