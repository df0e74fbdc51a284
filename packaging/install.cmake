# What an installed lwshost has beside the programs and plugins, which install themselves.
#
# Nothing here depends on the prefix that the build was configured for: `cmake --install DIR --prefix P`
# decides. With /usr, lwshost becomes a service of the system: configuration in /etc, unit, kept history.

set(packaging ${CMAKE_CURRENT_LIST_DIR})

install(DIRECTORY mount/ DESTINATION ${CMAKE_INSTALL_DATADIR}/lwshost/mount)
install(FILES ${packaging}/man/lwshost.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${packaging}/man/lwshost.conf.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(FILES ${packaging}/completion.bash RENAME lwshost
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(DIRECTORY conf/examples DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN images EXCLUDE)
install(FILES README.md LICENSE CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

# The service's configuration is the default one, but for these lines.
file(READ conf/conf conf)
function(change_conf from to)
    string(FIND "${conf}" "${from}" found)
    if(found EQUAL -1)
        message(FATAL_ERROR "packaging/install.cmake: conf/conf has no more: ${from}")
    endif()
    string(REPLACE "${from}" "${to}" conf "${conf}")
    set(conf "${conf}" PARENT_SCOPE)
endfunction()
change_conf([["server-string": "lwshost"]]
[["server-string": "lwshost",
    # Who lwshost is when root starts it. Under systemd it is this user from the beginning.
    "username": "lwshost",
    "groupname": "lwshost"]])
change_conf([[{ "chat-room": { "path": "/chat" } }]]
[[{ "chat-room": { "path": "/chat", "store": "sqlite:/var/lib/lwshost/chat.db" } }]])
change_conf([[{ "ip-lookup": { "database"]]
[[# This database is a sample. Put your own into /var/lib/lwshost, and name it here.
        { "ip-lookup": { "database"]])
change_conf("see examples/public" "see ${CMAKE_INSTALL_FULL_DOCDIR}/examples/public")
string(REPLACE "/usr/local/" "/usr/" conf "${conf}")
file(WRITE ${PROJECT_BINARY_DIR}/packaging/conf "${conf}")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS conf/conf)

install(CODE "
    set(plain_conf \"${PROJECT_SOURCE_DIR}/conf/conf\")
    set(service_conf \"${PROJECT_BINARY_DIR}/packaging/conf\")
    set(service_unit \"${packaging}/lwshost.service\")")
install(SCRIPT ${packaging}/install_service.cmake)
