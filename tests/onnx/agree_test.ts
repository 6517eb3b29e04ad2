import { openDevice } from "../../lib/runtime/mod.ts";
import { testAgreement } from "../helpers/agree.ts";

const device = openDevice("cpu");
testAgreement(() => device);
