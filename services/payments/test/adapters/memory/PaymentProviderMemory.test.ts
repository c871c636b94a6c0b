import { layerProviderInMemory } from "../../contract/ProviderInMemory.ts"
import { paymentProviderContract } from "../../PaymentProviderContract.ts"

paymentProviderContract("the provider in memory", layerProviderInMemory)
