/// What a live capture is recorded to, and when that ends, and with it the capture.
public struct Recording: ~Copyable {
    var files: RecordingFiles
    var limits: CaptureLimits
    /// Whether frames are handed out after they were recorded.
    var showsFrames: Bool
    /// Secrets that are recorded, too; nil where none are.
    var secrets: SecretsHandover?
    /// Asked before each frame: whether the next file was asked for since it was last asked.
    var takesRotationRequest: @Sendable () -> Bool

    public init(
        _ files: consuming RecordingFiles, limits: CaptureLimits = CaptureLimits(), showsFrames: Bool = true,
        secrets: SecretsHandover? = nil,
        takesRotationRequest: @escaping @Sendable () -> Bool = { false }
    ) {
        self.files = files
        self.limits = limits
        self.showsFrames = showsFrames
        self.secrets = secrets
        self.files.keepsFullFilesOpen = secrets != nil
        self.takesRotationRequest = takesRotationRequest
    }
}
