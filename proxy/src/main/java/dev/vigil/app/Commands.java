// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.util.LinkedHashMap;
import java.util.Map;

/** All commands, in the order of the help. */
record Commands(Shell shell) {

    Map<String, Object> all() {
        Workplace workplace = new Workplace(shell);
        Map<String, Object> commands = new LinkedHashMap<>();
        commands.put("demo", new DemoCommand(workplace));
        commands.put("add", new AddCommand(workplace));
        commands.put("run", new RunCommand(workplace));
        commands.put("login", new LoginCommand(workplace));
        commands.put("connect", new ConnectCommand(workplace));
        commands.put("stdio", new StdioCommand(workplace));
        commands.put("status", new StatusCommand(workplace));
        commands.put("refresh", new RefreshCommand(workplace));
        commands.put("logout", new LogoutCommand(workplace));
        commands.put("remove", new RemoveCommand(workplace));
        commands.put("stop", new StopCommand(workplace));
        commands.put("sync", new SyncCommand(workplace));
        commands.put("keys", new KeysCommand(workplace));
        commands.put("version", new VersionCommand(shell));
        return commands;
    }
}
