import { resolve } from "node:path";
import { RealService } from "../support/rehearse/real-service";
import { describeOnRealService } from "../support/rehearse/real-scenarios";

describeOnRealService(async () => {
  const service = new RealService(process.env, resolve(__dirname, "../.."));
  await service.refuseIfUsed();
  return service;
});
