// One import gives what a user of the library needs. `Layers`, `Reassembly` and `System` are not among them: their
// types appear in no signature that such a user calls.
@_exported import BitcoinP2P
@_exported import Capture
@_exported import DisplayFilter
@_exported import Dissector
@_exported import Fields
@_exported import Keys
@_exported import Output
@_exported import Records
