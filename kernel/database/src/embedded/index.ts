export type { AttachedServer, AttachOptions } from "./AttachServer.ts"
export type { ServiceRole } from "./Credentials.ts"
export { DatabaseConnection, InvalidDatabaseUrl, type SslMode } from "./DatabaseConnection.ts"
export { EmbeddedServer, type EmbeddedServerOptions } from "./EmbeddedServer.ts"
export {
  BinariesUnusable,
  CredentialsUnusable,
  DataOutOfReach,
  DataUnusable,
  EmbeddedServerError,
  FileAccessFailed,
  HomeInUse,
  HomeNotWritable,
  InitializationFailed,
  InvalidServiceName,
  LeftoverServer,
  NoServerUser,
  OtherPostgresMajor,
  ProvisioningFailed,
  ServerLost,
  ServerNotRunning,
  ServerOutOfReach,
  SettingRefused,
  SocketDirectoryUnsafe,
  StartFailed
} from "./EmbeddedServerError.ts"
