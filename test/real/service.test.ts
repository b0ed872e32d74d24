import { resolve } from "node:path";
import { RealService } from "../support/service/real-service";
import { describeOnRealService } from "../support/service/real-scenarios";

describeOnRealService(async () => {
  const service = new RealService(process.env, resolve(__dirname, "../.."));
  await service.refuseIfUsed();
  return service;
});
