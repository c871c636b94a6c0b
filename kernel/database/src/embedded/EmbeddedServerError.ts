import { Schema } from "effect"

export class HomeNotWritable extends Schema.TaggedError<HomeNotWritable>()("HomeNotWritable", {
  home: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `Valerix cannot write to its folder ${this.home} (${this.detail}). Make it writable for this user, or set VALERIX_HOME to another folder.`
  }
}

export class HomeInUse extends Schema.TaggedError<HomeInUse>()("HomeInUse", {
  home: Schema.String,
  processId: Schema.optionalKey(Schema.Int)
}) {
  override get message(): string {
    const holder = this.processId === undefined ? "another Valerix process" : `Valerix process ${this.processId}`
    return `The folder ${this.home} is in use by ${holder}. Stop it, or set VALERIX_HOME to another folder.`
  }
}

export class OtherPostgresMajor extends Schema.TaggedError<OtherPostgresMajor>()("OtherPostgresMajor", {
  data: Schema.String,
  found: Schema.String,
  expected: Schema.String
}) {
  override get message(): string {
    return `The data in ${this.data} were written by PostgreSQL ${this.found}, this Valerix runs PostgreSQL ${this.expected}. Export them with the old version and import them here, or use another VALERIX_HOME.`
  }
}

export class BinariesUnusable extends Schema.TaggedError<BinariesUnusable>()("BinariesUnusable", {
  detail: Schema.String
}) {
  override get message(): string {
    return `The embedded PostgreSQL cannot run here: ${this.detail}. Run npm install again, or point DATABASE_URL_<SERVICE> to a PostgreSQL server.`
  }
}

export class NoServerUser extends Schema.TaggedError<NoServerUser>()("NoServerUser", { detail: Schema.String }) {
  override get message(): string {
    return `PostgreSQL refuses to run as root, and no other user can be used: ${this.detail}. Start Valerix as an ordinary user, or create a system user named valerix.`
  }
}

export class DataOutOfReach extends Schema.TaggedError<DataOutOfReach>()("DataOutOfReach", {
  data: Schema.String,
  user: Schema.String
}) {
  override get message(): string {
    return `The user ${this.user}, as whom PostgreSQL runs, cannot reach its data in ${this.data}. Give that user access to the folders above, or start Valerix as the user who created the data.`
  }
}

export class DataUnusable extends Schema.TaggedError<DataUnusable>()("DataUnusable", {
  data: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `The data folder ${this.data} cannot be used: ${this.detail}.`
  }
}

export class CredentialsUnusable extends Schema.TaggedError<CredentialsUnusable>()("CredentialsUnusable", {
  file: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `The database credentials in ${this.file} cannot be used: ${this.detail}. Restore that file from a backup of the same folder, or drop the data with a reset.`
  }
}

export class SocketDirectoryUnsafe extends Schema.TaggedError<SocketDirectoryUnsafe>()("SocketDirectoryUnsafe", {
  directory: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `The socket directory ${this.directory} is not safe to use: ${this.detail}. Remove it, or set TMPDIR to another folder.`
  }
}

export class SettingRefused extends Schema.TaggedError<SettingRefused>()("SettingRefused", {
  setting: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `The PostgreSQL setting ${this.setting} cannot be given: ${this.detail}.`
  }
}

export class InvalidServiceName extends Schema.TaggedError<InvalidServiceName>()("InvalidServiceName", {
  service: Schema.String
}) {
  override get message(): string {
    return `"${this.service}" cannot name a service's database: lower case letters, digits and underscores, at most 40, beginning with a letter, no name of PostgreSQL's own, and each only once.`
  }
}

export class InitializationFailed extends Schema.TaggedError<InitializationFailed>()("InitializationFailed", {
  data: Schema.String,
  output: Schema.String
}) {
  override get message(): string {
    return `PostgreSQL could not create its data folder ${this.data}: ${this.output}`
  }
}

export class StartFailed extends Schema.TaggedError<StartFailed>()("StartFailed", {
  detail: Schema.String,
  log: Schema.String,
  logTail: Schema.String
}) {
  override get message(): string {
    return `PostgreSQL did not start: ${this.detail}. The end of ${this.log}:\n${this.logTail}`
  }
}

export class LeftoverServer extends Schema.TaggedError<LeftoverServer>()("LeftoverServer", {
  data: Schema.String,
  processId: Schema.Int
}) {
  override get message(): string {
    return `A PostgreSQL server of an earlier run (process ${this.processId}) still runs on ${this.data} and could not be stopped. Stop it and start Valerix again.`
  }
}

export class ProvisioningFailed extends Schema.TaggedError<ProvisioningFailed>()("ProvisioningFailed", {
  database: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `The database ${this.database} could not be prepared: ${this.detail}.`
  }
}

export class ServerLost extends Schema.TaggedError<ServerLost>()("ServerLost", {
  failures: Schema.Int,
  windowSeconds: Schema.Finite,
  log: Schema.String,
  logTail: Schema.String
}) {
  override get message(): string {
    return `PostgreSQL went down ${this.failures} times within ${this.windowSeconds} s and is not started again. The end of ${this.log}:\n${this.logTail}`
  }
}

export class FileAccessFailed extends Schema.TaggedError<FileAccessFailed>()("FileAccessFailed", {
  operation: Schema.String,
  path: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `Could not ${this.operation} ${this.path} (${this.detail}).`
  }
}

export class ServerNotRunning extends Schema.TaggedError<ServerNotRunning>()("ServerNotRunning", {
  home: Schema.String
}) {
  override get message(): string {
    return `No PostgreSQL server runs on the folder ${this.home}. Start Valerix on it, or set VALERIX_HOME to another folder.`
  }
}

export class ServerOutOfReach extends Schema.TaggedError<ServerOutOfReach>()("ServerOutOfReach", {
  home: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `The PostgreSQL server that another process runs on the folder ${this.home} cannot be used: ${this.detail}. Run this as the user who started that process, on the same machine and with the same version of Valerix.`
  }
}

const Reason = Schema.Union([
  HomeNotWritable,
  HomeInUse,
  OtherPostgresMajor,
  BinariesUnusable,
  NoServerUser,
  DataOutOfReach,
  DataUnusable,
  CredentialsUnusable,
  SocketDirectoryUnsafe,
  SettingRefused,
  InvalidServiceName,
  InitializationFailed,
  StartFailed,
  LeftoverServer,
  ProvisioningFailed,
  ServerLost,
  ServerNotRunning,
  ServerOutOfReach,
  FileAccessFailed
])

/**
 * The embedded server cannot run. `reason` says why, one class per thing that somebody can do something about; the
 * message is written for the person who starts Valerix and holds no secret.
 */
export class EmbeddedServerError extends Schema.TaggedError<EmbeddedServerError>()("EmbeddedServerError", {
  reason: Reason
}) {
  override get message(): string {
    return this.reason.message
  }
}

/** Wraps a reason: `yield* because(new HomeInUse({ home }))`. */
export const because = (reason: typeof Reason.Type): EmbeddedServerError => new EmbeddedServerError({ reason })
