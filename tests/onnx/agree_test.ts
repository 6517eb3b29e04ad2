import { openDevice } from "../../lib/runtime/mod.ts";
import { testAgreement } from "../helpers/agree.ts";

testAgreement(await openDevice("cpu"), { tolerance: () => 1e-5 });
