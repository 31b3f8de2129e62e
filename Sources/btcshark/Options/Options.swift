import ArgumentParser

/// The command line: tshark's letters where it has them.
///
/// Each group is a section of the help and of the manual page.
@dynamicMemberLookup
struct Options: ParsableArguments {
    @OptionGroup(title: "Input") var input: InputOptions
    @OptionGroup(title: "Live capture") var live: InterfaceOptions
    @OptionGroup(title: "What is shown") var selection: SelectionOptions
    @OptionGroup(title: "How it is shown") var display: DisplayOptions
    @OptionGroup(title: "For programs") var programs: ProgramOptions
    @OptionGroup(title: "Questions and statistics") var questions: QuestionOptions
    @OptionGroup(title: "Files that are written") var files: FileOptions
    @OptionGroup(title: "Encrypted connections") var secrets: KeyOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Lists and compatibility") var others: OtherOptions
    @OptionGroup(title: "For what was written for tshark") var tshark: TsharkOptions

    @Argument(
        help: ArgumentHelp(
            "A display filter, as with -Y; or with -r more captures, where they are none. ./NAME is always a file.",
            valueName: "filter"), completion: .displayFilterOrFile)
    var arguments: [String] = []

    // An option is found by its name alone, whatever its group is.

    subscript<Value>(dynamicMember path: WritableKeyPath<InputOptions, Value>) -> Value {
        get { input[keyPath: path] }
        set { input[keyPath: path] = newValue }
    }

    subscript<Value>(dynamicMember path: WritableKeyPath<InterfaceOptions, Value>) -> Value {
        get { live[keyPath: path] }
        set { live[keyPath: path] = newValue }
    }

    subscript<Value>(dynamicMember path: WritableKeyPath<SelectionOptions, Value>) -> Value {
        get { selection[keyPath: path] }
        set { selection[keyPath: path] = newValue }
    }

    subscript<Value>(dynamicMember path: WritableKeyPath<DisplayOptions, Value>) -> Value {
        get { display[keyPath: path] }
        set { display[keyPath: path] = newValue }
    }

    subscript<Value>(dynamicMember path: WritableKeyPath<ProgramOptions, Value>) -> Value {
        get { programs[keyPath: path] }
        set { programs[keyPath: path] = newValue }
    }

    subscript<Value>(dynamicMember path: WritableKeyPath<QuestionOptions, Value>) -> Value {
        get { questions[keyPath: path] }
        set { questions[keyPath: path] = newValue }
    }

    subscript<Value>(dynamicMember path: WritableKeyPath<FileOptions, Value>) -> Value {
        get { files[keyPath: path] }
        set { files[keyPath: path] = newValue }
    }

    subscript<Value>(dynamicMember path: WritableKeyPath<KeyOptions, Value>) -> Value {
        get { secrets[keyPath: path] }
        set { secrets[keyPath: path] = newValue }
    }

    subscript<Value>(dynamicMember path: WritableKeyPath<LimitOptions, Value>) -> Value {
        get { limits[keyPath: path] }
        set { limits[keyPath: path] = newValue }
    }

    subscript<Value>(dynamicMember path: WritableKeyPath<OtherOptions, Value>) -> Value {
        get { others[keyPath: path] }
        set { others[keyPath: path] = newValue }
    }
}

enum ColorWhen: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never
}
